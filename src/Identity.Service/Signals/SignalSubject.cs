using System.Text.Json;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Signals;

/// <summary>
/// Finds the <c>sub</c> at the identity provider that a subject identifier (RFC 9493) names. Identifiers that the service
/// cannot map to one, such as <c>email</c>, name no person.
/// </summary>
internal static class SignalSubject
{
    public const int MaxAliases = 16;

    /// <summary>Null if the identifier names no person of the identity provider.</summary>
    public static string? Find(ClaimSet identifier, Issuer issuer, SignalStream stream) =>
        GetFormat(identifier) switch
        {
            "iss_sub" => FindIssuerSubject(identifier, issuer, stream),
            "opaque" => Bounded(identifier.FindString("id"u8)),
            "aliases" => FindAlias(identifier, issuer, stream),
            // OpenID SSF 1.0 §3.2: a complex subject has one identifier for each of its parts. It has none below it.
            "complex" or null => identifier.FindObject("user"u8) is { } user
            && GetFormat(user) is not ("complex" or null)
                ? Find(user, issuer, stream)
                : null,
            _ => null,
        };

    // Drafts before RFC 9493 wrote subject_type, and hyphens.
    private static string? GetFormat(ClaimSet identifier) =>
        identifier.FindString("format"u8) ?? identifier.FindString("subject_type"u8)?.Replace('-', '_');

    // Transmitters name their own iss or that of the person's tokens.
    private static string? FindIssuerSubject(ClaimSet identifier, Issuer issuer, SignalStream stream)
    {
        var of = identifier.FindString("iss"u8);
        return of == issuer.Url || of == stream.TransmitterIssuer ? Bounded(identifier.FindString("sub"u8)) : null;
    }

    // RFC 9493 §3.2.8: identifiers of one subject, not nested.
    private static string? FindAlias(ClaimSet identifier, Issuer issuer, SignalStream stream)
    {
        foreach (var alias in ReadAliases(identifier))
        {
            if (GetFormat(alias) is not ("aliases" or "complex" or null) && Find(alias, issuer, stream) is { } subject)
            {
                return subject;
            }
        }

        return null;
    }

    private static List<ClaimSet> ReadAliases(ClaimSet identifier)
    {
        List<ClaimSet> aliases = [];
        if (!identifier.TryFind("identifiers"u8, out var all) || all.Kind != ClaimKind.Array)
        {
            return aliases;
        }

        using var parsed = JsonDocument.Parse(all.Raw.ToArray());
        foreach (var one in parsed.RootElement.EnumerateArray().Take(MaxAliases))
        {
            if (
                one.ValueKind == JsonValueKind.Object
                && ClaimSet.TryParse(JsonSerializer.SerializeToUtf8Bytes(one), out var alias) == JoseRefusal.None
            )
            {
                aliases.Add(alias!);
            }
        }

        return aliases;
    }

    private static string? Bounded(string? subject) =>
        subject is { Length: >= 1 and <= CreateRevocationRequest.MaxSubjectLength } ? subject : null;
}
