using System.Security.Cryptography;
using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Orders;

namespace Culvert.Ca.Revocation.Ocsp;

/// <summary>
/// The signer of responses for one authority (RFC 6960 §4.2.2.2): a responder certificate of the authority, or the authority
/// itself if its own certificate does not allow one.
/// </summary>
public sealed class OcspSigner
{
    private readonly IssuerKey key;

    private OcspSigner(IssuerKey key, ParsedCertificate? certificate, DateTimeOffset notAfter)
    {
        this.key = key;
        Certificate = certificate;
        NotAfter = notAfter;
    }

    /// <summary>The responder's certificate, sent with each response; null for the authority itself.</summary>
    public ParsedCertificate? Certificate { get; }

    /// <summary>No response may be used longer than this.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>The key is in an HSM: signing may be slow, and may fail for reasons of the HSM.</summary>
    public bool IsRemote => key.IsRemote;

    internal SubjectPublicKey PublicKey => key.PublicKey;

    /// <summary>Creates a signer with a responder's own certificate and key.</summary>
    /// <exception cref="ArgumentException">The certificate is not for the key.</exception>
    public static OcspSigner Delegated(ParsedCertificate certificate, IssuerKey key) =>
        certificate.PublicKey?.IsSameKey(key.PublicKey) == true
            ? new OcspSigner(key, certificate, certificate.NotAfter)
            : throw new ArgumentException("The certificate is not the responder's.", nameof(certificate));

    public static OcspSigner Authority(Issuer issuer, IssuerKey key) => new(key, null, issuer.Chain[0].NotAfter);

    /// <summary>Returns null when the key cannot sign now, or signed something else.</summary>
    internal byte[]? Sign(byte[] data)
    {
        try
        {
            byte[] signature = key.Sign(data);
            return PublicKey.Verify(data, signature, key.Scheme) ? signature : null;
        }
        catch (CryptographicException)
        {
            // The HSM is logged out, unavailable, or refuses. Its message may name devices, so only the key's custody logs
            // it.
            return null;
        }
    }
}
