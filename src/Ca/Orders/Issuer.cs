using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;

namespace Culvert.Ca.Orders;

/// <summary>
/// The issuing side of a certificate: name and key identifier as the issuer's own certificate has them (the key
/// identifier is copied, never recomputed), its period, and the rules that its chain puts on what it issues.
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

    /// <summary>Becomes the issuer field.</summary>
    public DistinguishedName Name { get; }

    /// <summary>The key that signs.</summary>
    public SubjectPublicKey PublicKey { get; }

    /// <summary>The issuer's own certificate, then those above it; empty when a root is about to sign itself.</summary>
    public IReadOnlyList<ParsedCertificate> Chain { get; }

    internal ReadOnlyMemory<byte> KeyIdentifier { get; }

    internal bool IsSelf => Chain.Count == 0;

    internal IssuerPeriod? Period => IsSelf ? null : new IssuerPeriod(Chain[0].NotBefore, Chain[0].NotAfter);

    /// <summary>An authority with a certificate.</summary>
    /// <param name="chain">Its certificate, then the certificates above it, the root last where known.</param>
    /// <exception cref="ArgumentException">The first certificate is not one that can issue.</exception>
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

    /// <summary>A root that signs its own certificate.</summary>
    public static Issuer Self(DistinguishedName name, SubjectPublicKey key) =>
        new(name, key, key.ComputeKeyIdentifier(), []);
}
