using System.Security.Cryptography;

namespace Culvert.Testing;

/// <summary>
/// A key in a device that misbehaves: <c>distort</c> sees each hash before it is signed, and may change it, wait or throw.
/// </summary>
public sealed class ScriptedSigner : ECDsa
{
    private readonly ECDsa inner;
    private readonly Func<byte[], byte[]> distort;

    /// <summary>Owns the key from here on.</summary>
    public ScriptedSigner(ECDsa inner, Func<byte[], byte[]> distort)
    {
        this.inner = inner;
        this.distort = distort;
        LegalKeySizesValue = inner.LegalKeySizes;
        KeySizeValue = inner.KeySize;
    }

    public override byte[] SignHash(byte[] hash) => inner.SignHash(distort(hash));

    public override bool VerifyHash(byte[] hash, byte[] signature) => inner.VerifyHash(hash, signature);

    public override ECParameters ExportParameters(bool includePrivateParameters) =>
        inner.ExportParameters(includePrivateParameters);

    protected override byte[] HashData(byte[] data, int offset, int count, HashAlgorithmName hashAlgorithm) =>
        CryptographicOperations.HashData(hashAlgorithm, data.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
