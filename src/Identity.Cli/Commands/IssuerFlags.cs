using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Commands;

/// <summary>What can be said of an issuer, at creation and later alike.</summary>
internal sealed class IssuerFlags(bool urlRequired)
{
    private readonly Option<string?> url = new("--url")
    {
        Description = "the issuer's iss, byte for byte",
        HelpName = "ISSUER",
        Required = urlRequired,
    };

    private readonly Option<string?> jwksUrl = Flags.Text(
        "--jwks-url",
        "URL",
        "fetch its keys there, not by discovery"
    );
    private readonly Option<string?> jwksFile = Flags.Text(
        "--jwks-file",
        "FILE",
        "its keys are these; nothing is fetched"
    );
    private readonly Option<string?> caFile = Flags.Text(
        "--ca-file",
        "FILE",
        "PEM root of its TLS, instead of public CAs"
    );
    private readonly Option<string[]> allow = Flags.Many(
        "--allow",
        "CIDR:PORT|none",
        "private target that may be fetched"
    );

    private readonly Option<string?> replayMode = Flags.OneOf(
        "--replay-mode",
        "whether a token with a jti works once only",
        "single_use",
        "off"
    );

    private readonly Option<TimeSpan?> maxTokenLife = new("--max-token-life")
    {
        Description = "longest exp - iat of its tokens",
        HelpName = "DURATION",
        CustomParser = argument => Durations.Parser(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(176_400))(argument),
    };

    public Option[] All => [url, jwksUrl, jwksFile, caFile, allow, replayMode, maxTokenLife];

    public void AddTo(JsonObject body, CommandContext context)
    {
        if (context.Get(url) is { } issuer)
        {
            body["issuer_url"] = issuer;
        }

        if (Jwks(context) is { } jwks)
        {
            body["jwks"] = jwks;
        }

        if (context.Get(replayMode) is { } mode)
        {
            body["check_jti"] = mode == "single_use";
        }

        if (context.Get(maxTokenLife) is { } life)
        {
            body["max_jwt_lifetime_seconds"] = (long)life.TotalSeconds;
        }

        if (context.Has(allow))
        {
            var targets = UpdateBody.ListOrNone(allow.Name, context.Get(allow)!);
            body["allowed_targets"] = new JsonArray([.. targets.Select(Target)]);
        }
    }

    private JsonObject? Jwks(CommandContext context)
    {
        var (address, file, ca) = (context.Get(jwksUrl), context.Get(jwksFile), context.Get(caFile));
        if (file is not null && (address is not null || ca is not null))
        {
            throw new CommandFailure(ExitCode.Usage, "keys from a file are never fetched")
            {
                Where = "--jwks-file beside --jwks-url or --ca-file",
                Next = "give --jwks-file alone",
            };
        }

        if (file is not null)
        {
            return new JsonObject { ["type"] = "inline", ["keys"] = Keys(file) };
        }

        if (address is null && ca is null)
        {
            return null;
        }

        var jwks = address is null
            ? new JsonObject { ["type"] = "discovery" }
            : new JsonObject { ["type"] = "explicit_url", ["url"] = address };
        if (ca is not null)
        {
            jwks["ca_cert_pem"] = InFile.ReadText(ca);
        }

        return jwks;
    }

    /// <summary>A JWK set, or its bare array of keys.</summary>
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
            // reported below
        }

        throw new CommandFailure(ExitCode.Usage, "the file is no JWK set")
        {
            Where = file,
            Next = "it should read {\"keys\": [ … ]}",
        };
    }

    /// <summary>The port follows the last colon, so that <c>fd00::/8:8443</c> reads as it looks.</summary>
    private static JsonObject Target(string text)
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

        throw new CommandFailure(ExitCode.Usage, $"'{text}' is no target")
        {
            Where = "--allow",
            Next = "write CIDR:PORT, as in 10.1.2.0/24:443 or ::1/128:8443",
        };
    }
}
