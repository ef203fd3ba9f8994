using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Errors;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Reads the <c>jwks</c> union strictly: members of another type are refused, not ignored.</summary>
internal static class KeySourceReader
{
    private const int MaxPemLength = 32 * 1024;
    private const int MaxRoots = 8;
    private const int MaxPathLength = 255;

    // An exported set may contain these in addition to usable keys, without an error of its owner.
    private static readonly HashSet<JoseRefusal> Harmless = [JoseRefusal.KeyUse, JoseRefusal.KeyTypeUnsupported];

    public static Result<KeySource> Read(JsonElement jwks)
    {
        if (jwks.ValueKind != JsonValueKind.Object)
        {
            return Refuse("jwks: an object is required.");
        }

        return (Text(jwks, "type") ?? DiscoveryKeySource.TypeName) switch
        {
            DiscoveryKeySource.TypeName => ReadDiscovery(jwks),
            UrlKeySource.TypeName => ReadUrl(jwks),
            InlineKeySource.TypeName => ReadInline(jwks),
            FileKeySource.TypeName => ReadFile(jwks),
            SpiffeBundleKeySource.TypeName => ReadSpiffeBundle(jwks),
            _ => Refuse("jwks.type: discovery, explicit_url, inline, file or spiffe_bundle is required."),
        };
    }

    /// <summary>Reads the stored form, which was valid when it was written.</summary>
    public static KeySource FromStore(string json)
    {
        using var document = JsonDocument.Parse(json);
        var source = Read(document.RootElement);
        return source.IsOk
            ? source.Value
            : throw new InvalidDataException($"A stored key source is unusable: {source.Refusal.Message}");
    }

    private static Result<KeySource> ReadDiscovery(JsonElement jwks)
    {
        var error =
            CheckMembers(jwks, "type", "discovery_base", "jwks_host", "ca_cert_pem")
            ?? CheckText(jwks, "discovery_base")
            ?? CheckText(jwks, "jwks_host")
            ?? CheckHost(jwks)
            ?? CheckRoots(jwks);
        return error is null
            ? new DiscoveryKeySource(Text(jwks, "discovery_base"), Text(jwks, "ca_cert_pem"), Text(jwks, "jwks_host"))
            : Refuse(error);
    }

    private static Result<KeySource> ReadUrl(JsonElement jwks)
    {
        var error = CheckMembers(jwks, "type", "url", "ca_cert_pem") ?? CheckText(jwks, "url") ?? CheckRoots(jwks);
        if (error is not null)
        {
            return Refuse(error);
        }

        return Text(jwks, "url") is { } url
            ? new UrlKeySource(url, Text(jwks, "ca_cert_pem"))
            : Refuse("jwks.url: required with type explicit_url.");
    }

    private static Result<KeySource> ReadInline(JsonElement jwks)
    {
        if (CheckMembers(jwks, "type", "keys") is { } error)
        {
            return Refuse(error);
        }

        if (!jwks.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
        {
            return Refuse("jwks.keys: an array of JWKs is required with type inline.");
        }

        var array = JsonSerializer.Serialize(keys, FederationJson.Default.JsonElement);
        var refusal = JwkSet.TryParse(Encoding.UTF8.GetBytes($$"""{"keys":{{array}}}"""), out var set);
        if (refusal != JoseRefusal.None)
        {
            return Refuse($"jwks.keys: not a usable key set ({refusal}).");
        }

        if (set!.Dropped.FirstOrDefault(key => !Harmless.Contains(key.Reason)) is { } bad)
        {
            return Refuse($"jwks.keys[{bad.Index}]: not a usable public key ({bad.Reason}).");
        }

        return set.Keys.Any(key => key.KeyId is not null)
            ? new InlineKeySource(array, set)
            : Refuse("jwks.keys: at least one verification key with a kid is required.");
    }

    private static Result<KeySource> ReadFile(JsonElement jwks)
    {
        if ((CheckMembers(jwks, "type", "path") ?? CheckText(jwks, "path")) is { } error)
        {
            return Refuse(error);
        }

        return Text(jwks, "path") is { Length: >= 1 and <= MaxPathLength } path && path.Split('/').All(IsFileName)
            ? new FileKeySource(path)
            : Refuse(
                "jwks.path: a path below the installation's jwks_directory is required, of letters, digits, '.', '_' "
                    + "and '-', with no segment that begins with a dot."
            );
    }

    private static bool IsFileName(string segment) =>
        segment.Length > 0
        && segment[0] != '.'
        && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static Result<KeySource> ReadSpiffeBundle(JsonElement jwks)
    {
        var error =
            CheckMembers(jwks, "type", "trust_domain", "url", "ca_cert_pem", "bundle")
            ?? CheckText(jwks, "trust_domain")
            ?? CheckText(jwks, "url")
            ?? CheckRoots(jwks);
        if (error is not null)
        {
            return Refuse(error);
        }

        if (Text(jwks, "trust_domain") is not { } trustDomain || !SpiffeId.IsTrustDomain(trustDomain))
        {
            return Refuse("jwks.trust_domain: 1 to 255 of a-z, 0-9, '.', '-' and '_' are required, without spiffe://.");
        }

        var bundle = GetMember(jwks, "bundle");
        if (Text(jwks, "url") is { } url)
        {
            return bundle is null
                ? new SpiffeBundleKeySource(trustDomain, url, Text(jwks, "ca_cert_pem"), null, null)
                : Refuse("jwks: type spiffe_bundle requires url or bundle, not both.");
        }

        if (bundle is not { } given || Text(jwks, "ca_cert_pem") is not null)
        {
            return Refuse("jwks: type spiffe_bundle needs either a url, or a bundle without ca_cert_pem.");
        }

        var text = JsonSerializer.Serialize(given, FederationJson.Default.JsonElement);
        var refusal = SpiffeBundle.TryParse(Encoding.UTF8.GetBytes(text), out var keys, out _);
        if (refusal != JoseRefusal.None)
        {
            return Refuse($"jwks.bundle: not a usable SPIFFE bundle ({refusal}).");
        }

        if (keys!.Dropped.FirstOrDefault(key => !Harmless.Contains(key.Reason)) is { } bad)
        {
            return Refuse($"jwks.bundle.keys[{bad.Index}]: not a usable public key ({bad.Reason}).");
        }

        return keys.Keys.Any(key => key.KeyId is not null)
            ? new SpiffeBundleKeySource(trustDomain, null, null, text, keys)
            : Refuse("jwks.bundle: at least one key of use jwt-svid with a kid is required.");
    }

    // A host in the form that URLs have, for the comparison with theirs.
    private static string? CheckHost(JsonElement jwks) =>
        Text(jwks, "jwks_host") is not { } host
        || (
            Uri.TryCreate($"https://{host}/", UriKind.Absolute, out var url)
            && url.Authority == host
            && url.HostNameType == UriHostNameType.Dns
        )
            ? null
            : "jwks.jwks_host: a DNS name in lower case is required, with :port unless 443.";

    private static JsonElement? GetMember(JsonElement jwks, string name) =>
        jwks.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? CheckMembers(JsonElement jwks, params ReadOnlySpan<string> known)
    {
        foreach (var member in jwks.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                return $"jwks.{member.Name}: is not a member of this type.";
            }
        }

        return null;
    }

    private static string? CheckText(JsonElement jwks, string name) =>
        jwks.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)
            ? $"jwks.{name}: a string is required."
            : null;

    private static string? CheckRoots(JsonElement jwks)
    {
        if (CheckText(jwks, "ca_cert_pem") is { } error)
        {
            return error;
        }

        if (Text(jwks, "ca_cert_pem") is not { } pem)
        {
            return null;
        }

        if (pem.Length > MaxPemLength || pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            return "jwks.ca_cert_pem: certificates only, at most 32 KiB.";
        }

        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPem(pem);
            var usable =
                roots.Count is >= 1 and <= MaxRoots
                && roots.All(root =>
                    root.Extensions.OfType<X509BasicConstraintsExtension>().Any(e => e.CertificateAuthority)
                );
            var advice = roots.Count == 0 ? CertificateText.Explain(pem)?.ToString() : null;
            return usable ? null : $"jwks.ca_cert_pem: {advice ?? "one to eight CA certificates are required."}";
        }
        catch (CryptographicException)
        {
            return "jwks.ca_cert_pem: not a PEM certificate.";
        }
        finally
        {
            foreach (var root in roots)
            {
                root.Dispose();
            }
        }
    }

    private static string? Text(JsonElement jwks, string name) =>
        jwks.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Result<KeySource> Refuse(string message) => FederationErrors.KeySource.Refuse(message);
}
