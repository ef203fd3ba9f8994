using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Platform.Certificates;

/// <summary>The roots of the platform CA and their trust domain. Immutable: a new bundle is a new object.</summary>
public sealed class PlatformTrust
{
    private PlatformTrust(string trustDomain, X509Certificate2Collection roots, X509Certificate2Collection links)
    {
        TrustDomain = trustDomain;
        Roots = roots;
        Links = links;
    }

    public string TrustDomain { get; }

    public X509Certificate2Collection Roots { get; }

    /// <summary>Links between an old and a new root (S11). They help to build chains and are not anchors.</summary>
    public X509Certificate2Collection Links { get; }

    /// <summary>False without a self-signed certificate or with an invalid trust domain.</summary>
    public static bool TryCreate(string trustDomain, string? bundlePem, [NotNullWhen(true)] out PlatformTrust? trust)
    {
        trust = null;
        if (!SpiffeId.IsTrustDomain(trustDomain) || !CertificatePem.TryRead(bundlePem, out var certificates))
        {
            return false;
        }

        trust = Create(trustDomain, certificates);
        return trust is not null;
    }

    /// <summary>
    /// Takes the trust domain from a certificate, for a caller without the installation's configuration. False when the
    /// certificate has no single SPIFFE id, or no root is self-signed.
    /// </summary>
    public static bool TryCreate(
        X509Certificate2 certificate,
        X509Certificate2Collection bundle,
        [NotNullWhen(true)] out PlatformTrust? trust
    )
    {
        trust =
            CertificateNames.Uris(certificate) is [var uri] && SpiffeId.TryParse(uri, out var id)
                ? Create(id.TrustDomain, bundle)
                : null;
        return trust is not null;
    }

    private static PlatformTrust? Create(string trustDomain, IEnumerable<X509Certificate2> certificates)
    {
        var bySelfSigned = certificates.ToLookup(CertificateNames.IsSelfSigned);
        return bySelfSigned.Contains(true)
            ? new PlatformTrust(trustDomain, [.. bySelfSigned[true]], [.. bySelfSigned[false]])
            : null;
    }

    /// <summary>A chain policy with only these roots, without downloads or revocation servers.</summary>
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
