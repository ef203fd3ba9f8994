using System.Security.Cryptography;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>A token's elliptic-curve key as the platform's type. It survives lost sessions.</summary>
internal sealed class Pkcs11EcDsa : ECDsa
{
    private readonly Pkcs11Token token;
    private readonly string label;
    private readonly ECDsa publicKey;

    public Pkcs11EcDsa(Pkcs11Token token, string label, SubjectPublicKey key)
    {
        this.token = token;
        this.label = label;
        publicKey = Create();
        try
        {
            publicKey.ImportSubjectPublicKeyInfo(key.Encoded.Span, out _);
        }
        catch
        {
            publicKey.Dispose();
            throw;
        }

        KeySizeValue = publicKey.KeySize;
        LegalKeySizesValue = [new KeySizes(KeySizeValue, KeySizeValue, 0)];
    }

    /// <summary>r and s in equal halves: PKCS#11 (§6.3.1) and the platform (IEEE P1363) use the same form.</summary>
    public override byte[] SignHash(byte[] hash) => token.Sign(label, Pkcs11Key.GetMechanism(isRsa: false), hash);

    public override bool VerifyHash(byte[] hash, byte[] signature) => publicKey.VerifyHash(hash, signature);

    public override ECParameters ExportParameters(bool includePrivateParameters) =>
        includePrivateParameters
            ? throw new CryptographicException("The key never leaves its token.")
            : publicKey.ExportParameters(includePrivateParameters: false);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            publicKey.Dispose();
        }

        base.Dispose(disposing);
    }
}
