using System.Security.Cryptography.X509Certificates;

namespace Culvert.Platform.Certificates;

/// <summary>The trust of a tunnel's clients: each certificate of the bundle is an anchor, not only a root.</summary>
public static class TrustAnchors
{
    /// <summary>Whether a client that has only these anchors finds one of them above the leaf.</summary>
    public static bool VouchFor(IReadOnlyList<X509Certificate2> anchors, KeyAndCertificate leaf, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        chain.ChainPolicy.CustomTrustStore.AddRange(anchors.ToArray());
        chain.ChainPolicy.ExtraStore.AddRange(leaf.Chain.ToArray());
        chain.Build(leaf.Certificate);
        var known = anchors.Select(CertificateNames.Fingerprint).ToHashSet(StringComparer.Ordinal);
        return chain.ChainElements.Any(e => known.Contains(CertificateNames.Fingerprint(e.Certificate)));
    }
}
