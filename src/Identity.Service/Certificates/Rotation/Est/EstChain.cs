using Culvert.Ca.Authorities;
using Culvert.Ca.Certificates;

namespace Culvert.Identity.Service.Certificates.Rotation.Est;

/// <summary>Orders the certificates of an EST server as a chain. The callers check the chain.</summary>
internal static class EstChain
{
    public static ParsedCertificate? Find(IEnumerable<ParsedCertificate> sent, ReadOnlySpan<byte> publicKey)
    {
        foreach (var certificate in sent)
        {
            if (certificate.PublicKey is { } key && key.Encoded.Span.SequenceEqual(publicKey))
            {
                return certificate;
            }
        }

        return null;
    }

    /// <summary>From the certificate to its self-signed root, as PEM; null when a certificate is missing.</summary>
    public static string? Complete(ParsedCertificate certificate, IReadOnlyList<ParsedCertificate> sent)
    {
        List<ParsedCertificate> chain = [certificate];
        while (!chain[^1].IsSelfIssued)
        {
            var last = chain[^1];
            var issuer = sent.FirstOrDefault(other => IsFrom(last, other));
            if (issuer is null || chain.Count == AuthorityRegistration.MaxChainLength)
            {
                return null;
            }

            chain.Add(issuer);
        }

        return string.Concat(chain.Select(member => member.ToPem()));
    }

    private static bool IsFrom(ParsedCertificate certificate, ParsedCertificate issuer) =>
        certificate.Issuer.Encoded.Span.SequenceEqual(issuer.Subject.Encoded.Span)
        && issuer.PublicKey is { } key
        && certificate.IsSignedBy(key);
}
