using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Platform.Certificates;

/// <summary>
/// The roots of the platform CA and the trust domain they stand for. Immutable: a new bundle is a new object, and a
/// handshake uses one from start to end.
/// </summary>
public sealed class PlatformTrust
{
    private PlatformTrust(string trustDomain, X509Certificate2Collection roots, X509Certificate2Collection links)
    {
        TrustDomain = trustDomain;
        Roots = roots;
        Links = links;
    }

    public string TrustDomain { get; }

    /// <summary>The self-signed anchors.</summary>
    public X509Certificate2Collection Roots { get; }

    /// <summary>What else the bundle held: links between an old and a new root (S11). They help to build chains and anchor nothing.</summary>
    public X509Certificate2Collection Links { get; }

    /// <summary>Reads a bundle; false without at least one self-signed certificate or with a bad trust domain.</summary>
    public static bool TryCreate(string trustDomain, string? bundlePem, [NotNullWhen(true)] out PlatformTrust? trust)
    {
        trust = null;
        if (!SpiffeId.IsTrustDomain(trustDomain) || !CertificatePem.TryRead(bundlePem, out var certificates))
        {
            return false;
        }

        X509Certificate2Collection roots = [.. certificates.Where(CertificateNames.IsSelfSigned)];
        X509Certificate2Collection links = [.. certificates.Where(c => !CertificateNames.IsSelfSigned(c))];
        trust = roots.Count > 0 ? new PlatformTrust(trustDomain, roots, links) : null;
        return trust is not null;
    }

    /// <summary>
    /// A fresh chain policy that trusts these roots alone, downloads nothing and asks no revocation server
    /// (revocation comes with the feed). For our own checks and for <c>SslClientAuthenticationOptions</c>.
    /// </summary>
    public X509ChainPolicy ChainPolicy(DateTimeOffset at)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = at.UtcDateTime,
        };
        policy.CustomTrustStore.AddRange(Roots);
        policy.ExtraStore.AddRange(Links);
        return policy;
    }
}
