using System.Security.Cryptography;

namespace Culvert.Jose.Tests.Mills;

/// <summary>A key pair of the platform with the JWK that a careful issuer would publish.</summary>
internal sealed class ForgedKey
{
    private readonly AsymmetricAlgorithm key;

    private ForgedKey(AsymmetricAlgorithm key, string keyId, IReadOnlyList<string> algorithms, string jwk)
    {
        this.key = key;
        KeyId = keyId;
        Algorithms = algorithms;
        Jwk = jwk;
    }

    public string KeyId { get; }

    /// <summary>What it can sign with.</summary>
    public IReadOnlyList<string> Algorithms { get; }

    /// <summary>The public key as a JSON object.</summary>
    public string Jwk { get; }

    public string SubjectPublicKeyInfoPem => key.ExportSubjectPublicKeyInfoPem();

    public byte[] SubjectPublicKeyInfo => key.ExportSubjectPublicKeyInfo();

    public static ForgedKey Rsa(string keyId, RSA key)
    {
        var p = key.ExportParameters(false);
        return new ForgedKey(
            key,
            keyId,
            ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
            $$"""{"kty":"RSA","kid":"{{keyId}}","n":"{{TokenForge.Encode(p.Modulus)}}","e":"{{TokenForge.Encode(p.Exponent)}}"}"""
        );
    }

    public static ForgedKey Ec(string keyId, ECCurve curve, string algorithm)
    {
        var key = ECDsa.Create(curve);
        var q = key.ExportParameters(false).Q;
        return new ForgedKey(
            key,
            keyId,
            [algorithm],
            $$"""{"kty":"EC","kid":"{{keyId}}","crv":"P-{{key.KeySize}}","x":"{{TokenForge.Encode(q.X)}}","y":"{{TokenForge.Encode(q.Y)}}"}"""
        );
    }

    /// <summary>Signs as the algorithm says; with one that the key has not, as its nearest own one.</summary>
    public byte[] Sign(string algorithm, byte[] data)
    {
        var hash = algorithm[^3..] switch
        {
            "384" => HashAlgorithmName.SHA384,
            "512" => HashAlgorithmName.SHA512,
            _ => HashAlgorithmName.SHA256,
        };
        return key is RSA rsa
            ? rsa.SignData(data, hash, algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1)
            : ((ECDsa)key).SignData(data, hash);
    }

    /// <summary>The ECDSA signature of the last resort: in DER instead of R and S side by side.</summary>
    public byte[] SignDer(byte[] data) =>
        key is ECDsa ec
            ? ec.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
            : Sign("RS256", data);
}
