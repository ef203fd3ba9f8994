using System.Net;
using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>A certificate of an authority's chain, as an approver must see it.</summary>
/// <param name="Serial">Lower-case hex.</param>
/// <param name="Key">Algorithm and size; null for an unsupported kind of key.</param>
/// <param name="KeySha256">SHA-256 of the key, lower-case hex.</param>
/// <param name="PathLength">The pathLenConstraint; null = any number of authorities may follow below it.</param>
/// <param name="Fingerprint">SHA-256 of the certificate, lower-case hex.</param>
internal sealed record AuthorityCertificateDocument(
    string Subject,
    string Issuer,
    string Serial,
    DateTime NotBefore,
    DateTime NotAfter,
    string? Key,
    string? KeySha256,
    int? PathLength,
    IReadOnlyList<string> PermittedNames,
    IReadOnlyList<string> ExcludedNames,
    string Fingerprint,
    string Pem
)
{
    public static AuthorityCertificateDocument From(ParsedCertificate certificate) =>
        new(
            Subject: ToText(certificate.Subject),
            Issuer: ToText(certificate.Issuer),
            Serial: certificate.SerialNumberHex,
            NotBefore: certificate.NotBefore.UtcDateTime,
            NotAfter: certificate.NotAfter.UtcDateTime,
            Key: certificate.PublicKey is { } key ? KeyAlgorithms.Name(key.Algorithm) : null,
            KeySha256: certificate.PublicKey?.Sha256,
            PathLength: certificate.BasicConstraints?.PathLength,
            PermittedNames: [.. (certificate.NameConstraints?.Permitted ?? []).Select(ToConstraint)],
            ExcludedNames: [.. (certificate.NameConstraints?.Excluded ?? []).Select(ToConstraint)],
            Fingerprint: certificate.Fingerprint,
            Pem: certificate.ToPem()
        );

    private static string ToText(DistinguishedName name) => new X500DistinguishedName(name.Encoded.Span).Name;

    private static string ToConstraint(GeneralName name)
    {
        var content = name.Content.Span;
        // RFC 5280 §4.2.1.10: an address followed by its mask.
        var text =
            name.Kind == GeneralNameKind.IpAddress && content.Length is 8 or 32
                ? $"{new IPAddress(content[..(content.Length / 2)])}/{new IPAddress(content[(content.Length / 2)..])}"
            : name.Text.Length > 0 ? name.Text
            : Convert.ToHexStringLower(content);
        return $"{ToKindName(name.Kind)}:{text}";
    }

    private static string ToKindName(GeneralNameKind kind) =>
        kind switch
        {
            GeneralNameKind.Dns => "dns",
            GeneralNameKind.Uri => "uri",
            GeneralNameKind.Email => "email",
            GeneralNameKind.IpAddress => "ip",
            GeneralNameKind.DirectoryName => "directory_name",
            _ => "other",
        };
}
