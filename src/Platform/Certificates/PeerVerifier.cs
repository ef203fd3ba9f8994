using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Platform.Certificates;

/// <summary>
/// Authenticates a TLS peer after every handshake, independent of the TLS library's verdict (S6, S9): chain, validity,
/// key usage, identity and revocation. The caller decides whether that identity is authorized.
/// </summary>
public sealed class PeerVerifier(PlatformTrust trust)
{
    // RFC 5280 §4.2.1.12
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    // notAfter counts in whole seconds and includes its last second (RFC 5280 §4.1.2.5).
    private static readonly TimeSpan LastSecond = TimeSpan.FromSeconds(1);

    /// <summary>Checks a peer with the certificates in the extra store of the validation callback's chain.</summary>
    public PeerVerification Verify(
        X509Certificate2? certificate,
        X509Chain? presented,
        PeerRole role,
        DateTimeOffset now,
        RevokedSerialSet? revokedSerials = null
    ) => Verify(certificate, presented?.ChainPolicy.ExtraStore ?? [], role, now, revokedSerials);

    /// <summary>Checks a peer with the intermediates that it sent.</summary>
    public PeerVerification Verify(
        X509Certificate2? certificate,
        X509Certificate2Collection presented,
        PeerRole role,
        DateTimeOffset now,
        RevokedSerialSet? revokedSerials = null
    )
    {
        if (certificate is null)
        {
            return PeerVerification.Refused(PeerRefusal.NoCertificate);
        }

        var notAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        var serial = CertificateNames.Serial(certificate);
        SpiffeId? id = null;
        var refusal = CheckValidity(certificate, notAfter, now);
        refusal = refusal != PeerRefusal.None ? refusal : CheckUsage(certificate, role);
        refusal = refusal != PeerRefusal.None ? refusal : CheckIdentity(certificate, role, out id);
        refusal = refusal != PeerRefusal.None ? refusal : CheckChain(certificate, presented, notAfter, now);
        refusal =
            refusal != PeerRefusal.None ? refusal : CheckRevocation(serial, revokedSerials ?? RevokedSerialSet.None);
        return refusal == PeerRefusal.None
            ? PeerVerification.Accepted(id!, serial, certificate.NotBefore.ToUniversalTime(), notAfter)
            : PeerVerification.Refused(refusal);
    }

    private static PeerRefusal CheckValidity(X509Certificate2 leaf, DateTimeOffset notAfter, DateTimeOffset now) =>
        now < leaf.NotBefore.ToUniversalTime() ? PeerRefusal.NotYetValid
        : now >= notAfter + LastSecond ? PeerRefusal.Expired
        : PeerRefusal.None;

    private static PeerRefusal CheckUsage(X509Certificate2 leaf, PeerRole role)
    {
        if (leaf.Extensions.OfType<X509BasicConstraintsExtension>().Any(c => c.CertificateAuthority))
        {
            return PeerRefusal.CertificateAuthority;
        }

        // The platform CA always sets the extension, so a certificate without it has another issuer.
        var needed = role is PeerRole.Agent or PeerRole.EdgeClient ? ClientAuthentication : ServerAuthentication;
        var usages = leaf
            .Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .SelectMany(e => e.EnhancedKeyUsages.Cast<Oid>());
        return usages.Any(u => u.Value == needed) ? PeerRefusal.None : PeerRefusal.KeyUsage;
    }

    private PeerRefusal CheckIdentity(X509Certificate2 leaf, PeerRole role, out SpiffeId? id)
    {
        id = null;

        // Exactly one URI (X509-SVID §2): with two, each reader could choose another identity.
        if (CertificateNames.Uris(leaf) is not [var uri] || !SpiffeId.TryParse(uri, out id))
        {
            return PeerRefusal.Identity;
        }

        if (id.TrustDomain != trust.TrustDomain)
        {
            return PeerRefusal.TrustDomain;
        }

        return id.Kind == ToSpiffeKind(role) ? PeerRefusal.None : PeerRefusal.Role;
    }

    private PeerRefusal CheckChain(
        X509Certificate2 leaf,
        X509Certificate2Collection presented,
        DateTimeOffset notAfter,
        DateTimeOffset now
    )
    {
        // OpenSSL treats notAfter itself as expired, so within that last second it checks the second before.
        using var chain = new X509Chain();
        chain.ChainPolicy = trust.ChainPolicy(now >= notAfter ? notAfter - LastSecond : now);
        chain.ChainPolicy.ExtraStore.AddRange(presented);
        return chain.Build(leaf) ? PeerRefusal.None : PeerRefusal.Untrusted;
    }

    private static PeerRefusal CheckRevocation(string serial, RevokedSerialSet revokedSerials) =>
        revokedSerials.Contains(serial) ? PeerRefusal.Revoked : PeerRefusal.None;

    private static SpiffeKind ToSpiffeKind(PeerRole role) =>
        role switch
        {
            PeerRole.Agent => SpiffeKind.Agent,
            PeerRole.EdgeClient or PeerRole.EdgeServer => SpiffeKind.Edge,
            _ => SpiffeKind.Service,
        };
}
