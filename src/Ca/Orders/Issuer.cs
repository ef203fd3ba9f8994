using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;

namespace Culvert.Ca.Orders;

/// <summary>
/// The issuing side of a certificate: name and key identifier copied from the issuer's own certificate (never recomputed),
/// its period, and the limits that its chain sets.
/// </summary>
public sealed class Issuer
{
    private Issuer(
        DistinguishedName name,
        SubjectPublicKey publicKey,
        ReadOnlyMemory<byte> keyIdentifier,
        IReadOnlyList<ParsedCertificate> chain
    )
    {
        Name = name;
        PublicKey = publicKey;
        publicKey.StayImported();
        KeyIdentifier = keyIdentifier;
        Chain = chain;
    }

    public DistinguishedName Name { get; }

    public SubjectPublicKey PublicKey { get; }

    /// <summary>The issuer's own certificate, then those above it; empty for a root that signs itself.</summary>
    public IReadOnlyList<ParsedCertificate> Chain { get; }

    internal ReadOnlyMemory<byte> KeyIdentifier { get; }

    internal bool IsSelf => Chain.Count == 0;

    internal IssuerPeriod? Period => IsSelf ? null : new IssuerPeriod(Chain[0].NotBefore, Chain[0].NotAfter);

    /// <summary>Creates the issuer for an authority with a certificate.</summary>
    /// <param name="chain">Its certificate, then those above it, the root last if known.</param>
    /// <exception cref="ArgumentException">The first certificate cannot issue.</exception>
    public static Issuer FromChain(IReadOnlyList<ParsedCertificate> chain)
    {
        if (
            chain.Count == 0
            || chain[0] is not { PublicKey: { } key, SubjectKeyIdentifier: { } keyIdentifier } certificate
            || certificate.BasicConstraints is not { IsAuthority: true }
        )
        {
            throw new ArgumentException("The chain does not begin with a usable authority.", nameof(chain));
        }

        return new Issuer(certificate.Subject, key, keyIdentifier, chain);
    }

    public static Issuer Self(DistinguishedName name, SubjectPublicKey key) =>
        new(name, key, key.ComputeKeyIdentifier(), []);
}
