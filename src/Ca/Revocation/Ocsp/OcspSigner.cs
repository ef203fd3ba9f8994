using System.Security.Cryptography;
using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Orders;

namespace Culvert.Ca.Revocation.Ocsp;

/// <summary>
/// Who signs the answers about one authority's certificates (RFC 6960 §4.2.2.2): a responder that the authority certified
/// for it, or the authority itself where its own certificate rules such a responder out.
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

    /// <summary>The responder's certificate, which goes along with each answer; null for the authority itself.</summary>
    public ParsedCertificate? Certificate { get; }

    /// <summary>No answer may be used longer than this.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>The key is in an HSM: signing may be slow and may fail for reasons of its own.</summary>
    public bool IsRemote => key.IsRemote;

    internal SubjectPublicKey PublicKey => key.PublicKey;

    /// <summary>A responder with a certificate and key of its own.</summary>
    /// <exception cref="ArgumentException">The certificate is not that key's.</exception>
    public static OcspSigner Delegated(ParsedCertificate certificate, IssuerKey key) =>
        certificate.PublicKey?.IsSameKey(key.PublicKey) == true
            ? new OcspSigner(key, certificate, certificate.NotAfter)
            : throw new ArgumentException("The certificate is not the responder's.", nameof(certificate));

    /// <summary>The authority signs with its own key.</summary>
    public static OcspSigner Authority(Issuer issuer, IssuerKey key) => new(key, null, issuer.Chain[0].NotAfter);

    /// <summary>The signature; null when the key cannot sign now or signed something else.</summary>
    internal byte[]? Sign(byte[] data)
    {
        try
        {
            byte[] signature = key.Sign(data);
            return PublicKey.Verify(data, signature, key.Scheme) ? signature : null;
        }
        catch (CryptographicException)
        {
            // An HSM that is logged out, gone or refuses. Its message may name devices: the key's custody logs it.
            return null;
        }
    }
}
