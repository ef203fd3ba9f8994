using System.Security.Cryptography;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>A token's RSA key as the platform's type, for PKCS#1 v1.5 signatures. It survives lost sessions.</summary>
internal sealed class Pkcs11Rsa : RSA
{
    private readonly Pkcs11Key key;
    private readonly RSA publicKey;

    public Pkcs11Rsa(Pkcs11Key key)
    {
        this.key = key;
        publicKey = Create();
        try
        {
            publicKey.ImportSubjectPublicKeyInfo(key.PublicKey.Encoded.Span, out _);
        }
        catch
        {
            publicKey.Dispose();
            throw;
        }

        KeySizeValue = publicKey.KeySize;
        LegalKeySizesValue = [new KeySizes(KeySizeValue, KeySizeValue, 0)];
    }

    public override byte[] SignHash(byte[] hash, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding) =>
        padding == RSASignaturePadding.Pkcs1
            ? key.SignRsaHash(hash, hashAlgorithm)
            : throw new CryptographicException("The key signs with PKCS#1 v1.5 only.");

    public override bool VerifyHash(
        byte[] hash,
        byte[] signature,
        HashAlgorithmName hashAlgorithm,
        RSASignaturePadding padding
    ) => publicKey.VerifyHash(hash, signature, hashAlgorithm, padding);

    public override RSAParameters ExportParameters(bool includePrivateParameters) =>
        includePrivateParameters
            ? throw new CryptographicException("The key never leaves its token.")
            : publicKey.ExportParameters(includePrivateParameters: false);

    public override void ImportParameters(RSAParameters parameters) =>
        throw new CryptographicException("The key is in a token.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            publicKey.Dispose();
        }

        base.Dispose(disposing);
    }
}
