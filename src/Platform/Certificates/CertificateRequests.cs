using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Platform.Certificates;

public static class CertificateRequests
{
    /// <summary>Creates a key. The caller disposes of it.</summary>
    public static AsymmetricAlgorithm NewKey(KeyType type = KeyType.EcdsaP256) =>
        type switch
        {
            KeyType.EcdsaP256 => ECDsa.Create(ECCurve.NamedCurves.nistP256),
            KeyType.EcdsaP384 => ECDsa.Create(ECCurve.NamedCurves.nistP384),
            KeyType.Rsa2048 => RSA.Create(2048),
            KeyType.Rsa3072 => RSA.Create(3072),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };

    /// <summary>
    /// Creates a PKCS#10 request (RFC 2986) with an empty subject and no attributes: names come from the proven
    /// identity, and the service refuses a request that contains its own.
    /// </summary>
    /// <exception cref="ArgumentException">The key is neither ECDSA nor RSA.</exception>
    public static string Create(AsymmetricAlgorithm key) => NewRequest(key).CreateSigningRequestPem();

    /// <summary>Creates a PKCS#10 request for one host name with an empty subject (RFC 8555 §7.4).</summary>
    /// <exception cref="ArgumentException">The key is neither ECDSA nor RSA.</exception>
    public static byte[] CreateFor(AsymmetricAlgorithm key, string name)
    {
        var request = NewRequest(key);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSigningRequest();
    }

    private static CertificateRequest NewRequest(AsymmetricAlgorithm key)
    {
        var nobody = new X500DistinguishedNameBuilder().Build();
        return key switch
        {
            ECDsa ec => new CertificateRequest(
                nobody,
                ec,
                ec.KeySize > 256 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256
            ),
            RSA rsa => new CertificateRequest(nobody, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            _ => throw new ArgumentException("Only ECDSA and RSA keys can be certified.", nameof(key)),
        };
    }
}
