using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Hosting;
using Culvert.Jose;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Reads the <c>jwks</c> union strictly: members of another type are refused, not ignored.</summary>
internal static class KeySourceReader
{
    private const int MaxPemLength = 32 * 1024;
    private const int MaxRoots = 8;

    // What an exported set may contain beside usable keys without anybody having made a mistake.
    private static readonly HashSet<JoseRefusal> Harmless = [JoseRefusal.KeyUse, JoseRefusal.KeyTypeUnsupported];

    /// <summary>Exactly one of both results is set.</summary>
    public static (KeySource? Source, Refusal? Refusal) Read(JsonElement jwks)
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
            _ => Refuse("jwks.type: discovery, explicit_url or inline is required."),
        };
    }

    /// <summary>Reads what the store kept; it was valid when it was written.</summary>
    public static KeySource FromStore(string json)
    {
        using var document = JsonDocument.Parse(json);
        var (source, refusal) = Read(document.RootElement);
        return source ?? throw new InvalidDataException($"A stored key source is unusable: {refusal!.Message}");
    }

    private static (KeySource?, Refusal?) ReadDiscovery(JsonElement jwks)
    {
        var fault =
            CheckMembers(jwks, "type", "discovery_base", "ca_cert_pem")
            ?? CheckText(jwks, "discovery_base")
            ?? CheckRoots(jwks);
        return fault is null
            ? (new DiscoveryKeySource(Text(jwks, "discovery_base"), Text(jwks, "ca_cert_pem")), null)
            : Refuse(fault);
    }

    private static (KeySource?, Refusal?) ReadUrl(JsonElement jwks)
    {
        var fault = CheckMembers(jwks, "type", "url", "ca_cert_pem") ?? CheckText(jwks, "url") ?? CheckRoots(jwks);
        if (fault is not null)
        {
            return Refuse(fault);
        }

        return Text(jwks, "url") is { } url
            ? (new UrlKeySource(url, Text(jwks, "ca_cert_pem")), null)
            : Refuse("jwks.url: required with type explicit_url.");
    }

    private static (KeySource?, Refusal?) ReadInline(JsonElement jwks)
    {
        if (CheckMembers(jwks, "type", "keys") is { } fault)
        {
            return Refuse(fault);
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
            ? (new InlineKeySource(array, set), null)
            : Refuse("jwks.keys: at least one verification key with a kid is required.");
    }

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
        if (CheckText(jwks, "ca_cert_pem") is { } fault)
        {
            return fault;
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
            return usable ? null : "jwks.ca_cert_pem: one to eight CA certificates are required.";
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

    private static (KeySource?, Refusal?) Refuse(string message) => (null, FederationErrors.KeySource.Refuse(message));
}
