using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Checks the certificate that a CA issued for a request, and computes its renewal id.</summary>
internal static class AcmeRequest
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Joins the CA's certificates with the key, if they match the request.</summary>
    /// <exception cref="AcmeException">The certificates do not match the request.</exception>
    public static KeyAndCertificate Accept(string pem, AsymmetricAlgorithm key, string name, DateTimeOffset now)
    {
        try
        {
            var pair = KeyAndCertificate.Create(pem, "", key);
            return FindError(pair, name, now) is { } error ? throw Unusable(error) : pair;
        }
        catch (CertificateUnusableException e)
        {
            throw Unusable(e.Message);
        }
    }

    /// <summary>The CA's identifier of a certificate (RFC 9773 §4.1); null if it has no issuer key identifier.</summary>
    public static string? GetRenewalId(KeyAndCertificate pair) =>
        pair.Certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier
            is { } issuer
            ? $"{Base64Url.EncodeToString(issuer.Span)}.{Base64Url.EncodeToString(pair.Certificate.SerialNumberBytes.Span)}"
            : null;

    private static string? FindError(KeyAndCertificate pair, string name, DateTimeOffset now)
    {
        var leaf = pair.Certificate;
        var names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        if (names is null || !names.EnumerateDnsNames().SequenceEqual([name], StringComparer.OrdinalIgnoreCase))
        {
            return $"it is not only for {name}";
        }

        if (now > pair.NotAfter || now < pair.NotBefore)
        {
            return $"it is valid from {pair.NotBefore:u} to {pair.NotAfter:u}, not now by this machine's clock";
        }

        if (leaf.Extensions.OfType<X509BasicConstraintsExtension>().Any(c => c.CertificateAuthority))
        {
            return "it is a CA's";
        }

        var usages = leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault();
        if (usages is not null && !usages.EnhancedKeyUsages.Cast<Oid>().Any(u => u.Value == ServerAuthentication))
        {
            return "it is not for servers";
        }

        return IsLinked(pair, now) ? null : "its chain is not valid";
    }

    // Clients decide whether they trust the topmost certificate; the agent checks the signatures below it.
    private static bool IsLinked(KeyAndCertificate pair, DateTimeOffset now)
    {
        if (pair.Chain.Count == 0)
        {
            return true;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        chain.ChainPolicy.CustomTrustStore.Add(pair.Chain[^1]);
        chain.ChainPolicy.ExtraStore.AddRange(pair.Chain.ToArray());
        return chain.Build(pair.Certificate)
            && chain.ChainElements.Any(e =>
                CertificateNames.Fingerprint(e.Certificate) == CertificateNames.Fingerprint(pair.Chain[^1])
            );
    }

    private static AcmeException Unusable(string why) =>
        new(AcmeReason.CertificateUnusable, $"certificate: {why.TrimEnd('.')}.");
}
