using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;

namespace Culvert.Identity.Cli.Commands;

/// <summary>The flags of an issuer's fields, for <c>create</c> and <c>update</c>.</summary>
internal sealed class IssuerFlags(bool creating)
{
    private readonly Option<string?> jwksUrl = Flags.Text(
        "--jwks-url",
        "URL",
        "fetch its keys from this URL, without discovery"
    );
    private readonly Option<string?> jwksFile = Flags.Text(
        "--jwks-file",
        "FILE",
        "use the keys in this file; nothing is fetched"
    );
    private readonly Option<string?> caFile = Flags.Text(
        "--ca-file",
        "FILE",
        "PEM root of its TLS, instead of public CAs"
    );
    private readonly Option<string[]> allow = Flags.Many(
        "--allow",
        "CIDR:PORT|none",
        "private target that may be fetched from"
    );

    private readonly Option<string?> jwksHost = Flags.Text(
        "--jwks-host",
        "HOST[:PORT]",
        "another host that its discovery document may name for keys"
    );

    private readonly Option<string?> discoveryBase = Flags.Text(
        "--discovery-base",
        "URL",
        "URL of its discovery document"
    );

    private readonly Option<string?> jwksPath = Flags.Text(
        "--jwks-path",
        "PATH",
        "its keys lie in this file below the service's jwks_directory"
    );

    private readonly Option<string?> trustDomain = Flags.Text(
        "--trust-domain",
        "DOMAIN",
        "its keys are a SPIFFE bundle of this trust domain, at --jwks-url or in --jwks-file"
    );

    private readonly ResourceFlags fields = new("issuer", creating);

    public Option[] All =>
        [.. fields.All, jwksUrl, jwksFile, jwksPath, jwksHost, discoveryBase, trustDomain, caFile, allow];

    public async Task AddToAsync(JsonObject body, CommandContext context, CancellationToken cancel)
    {
        if (Jwks(context) is { } jwks)
        {
            body["jwks"] = jwks;
        }

        await fields.AddToAsync(body, context, cancel);
        if (context.Has(allow))
        {
            var targets = UpdateBody.ListOrNone(allow.Name, context.Get(allow)!);
            body["allowed_targets"] = new JsonArray([.. targets.Select(Target)]);
        }
    }

    private JsonObject? Jwks(CommandContext context)
    {
        var (address, file, path, ca) = (
            context.Get(jwksUrl),
            context.Get(jwksFile),
            context.Get(jwksPath),
            context.Get(caFile)
        );
        RefuseTogether("--jwks-file", file, ("--jwks-url", address), ("--ca-file", ca), ("--jwks-path", path));
        RefuseTogether("--jwks-path", path, ("--jwks-url", address), ("--ca-file", ca));
        if (path is not null)
        {
            return new JsonObject { ["type"] = "file", ["path"] = path };
        }

        if (context.Get(trustDomain) is { } domain)
        {
            return SpiffeBundle(domain, address, file, ca);
        }

        if (file is not null)
        {
            return new JsonObject { ["type"] = "inline", ["keys"] = Keys(file) };
        }

        var (host, discovery) = (context.Get(jwksHost), context.Get(discoveryBase));
        if (address is null && ca is null && host is null && discovery is null)
        {
            return null;
        }

        var jwks = address is null
            ? new JsonObject { ["type"] = "discovery" }
            : new JsonObject { ["type"] = "explicit_url", ["url"] = address };
        AddTo(jwks, "discovery_base", discovery);
        AddTo(jwks, "jwks_host", host);
        AddTo(jwks, "ca_cert_pem", ca is null ? null : InFile.ReadText(ca));
        return jwks;
    }

    private static JsonObject SpiffeBundle(string domain, string? address, string? file, string? ca)
    {
        var jwks = new JsonObject { ["type"] = "spiffe_bundle", ["trust_domain"] = domain };
        if (file is not null)
        {
            jwks["bundle"] = JsonNode.Parse(InFile.ReadText(file));
        }

        AddTo(jwks, "url", address);
        AddTo(jwks, "ca_cert_pem", ca is null ? null : InFile.ReadText(ca));
        return jwks;
    }

    private static void AddTo(JsonObject jwks, string member, string? value)
    {
        if (value is not null)
        {
            jwks[member] = value;
        }
    }

    private static void RefuseTogether(
        string flag,
        string? value,
        params ReadOnlySpan<(string Flag, string? Value)> others
    )
    {
        foreach (var other in others)
        {
            if (value is not null && other.Value is not null)
            {
                throw new CommandFailure(ExitCode.Usage, "keys from a file are never fetched")
                {
                    Where = $"{flag} together with {other.Flag}",
                    Next = $"give {flag} alone",
                };
            }
        }
    }

    private static JsonArray Keys(string file)
    {
        try
        {
            var keys = JsonNode.Parse(InFile.ReadText(file)) switch
            {
                JsonArray array => array,
                JsonObject set => set["keys"] as JsonArray,
                _ => null,
            };
            if (keys is not null)
            {
                return (JsonArray)keys.DeepClone();
            }
        }
        catch (JsonException)
        {
            // Reported below.
        }

        throw new CommandFailure(ExitCode.Usage, "the file is not a JWK set")
        {
            Where = file,
            Next = "it should read {\"keys\": [ … ]}",
        };
    }

    /// <summary>The port follows the last colon, so that <c>fd00::/8:8443</c> is parsed as expected.</summary>
    public static JsonObject Target(string text)
    {
        var colon = text.LastIndexOf(':');
        if (
            colon > 0
            && text[..colon].Contains('/', StringComparison.Ordinal)
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port > 0
        )
        {
            return new JsonObject { ["cidr"] = text[..colon], ["port"] = port };
        }

        throw new CommandFailure(ExitCode.Usage, $"'{text}' is not a target")
        {
            Where = "--allow",
            Next = "write CIDR:PORT, as in 10.1.2.0/24:443 or ::1/128:8443",
        };
    }
}
