using System.Security.Cryptography;
using Culvert.Ca.Keys.Pkcs11;

namespace Culvert.Ca.Keys;

/// <summary>A private key of an authority, in memory or in a token. Thread-safe, as the platform's handles are.</summary>
public sealed class IssuerKey : IDisposable
{
    // Exactly one of these is set: a key in memory, or one that stays in its token.
    private readonly AsymmetricAlgorithm? key;
    private readonly Pkcs11Key? token;

    private IssuerKey(Pkcs11Key token)
    {
        this.token = token;
        PublicKey = token.PublicKey;
        Scheme = SignatureScheme.For(PublicKey);
    }

    private IssuerKey(AsymmetricAlgorithm key)
    {
        this.key = key;
        PublicKey =
            SubjectPublicKey.TryParse(key.ExportSubjectPublicKeyInfo())
            ?? throw new CryptographicException("The issuer key's algorithm is not supported.");
        Scheme = SignatureScheme.For(PublicKey);
    }

    public SubjectPublicKey PublicKey { get; }

    /// <summary>The key is in an HSM: signing may be slow, and may fail for reasons of the HSM.</summary>
    public bool IsRemote { get; private init; }

    internal SignatureScheme Scheme { get; }

    public static IssuerKey Generate(KeyAlgorithm algorithm) =>
        new(
            algorithm switch
            {
                KeyAlgorithm.EcdsaP256 => ECDsa.Create(ECCurve.NamedCurves.nistP256),
                KeyAlgorithm.EcdsaP384 => ECDsa.Create(ECCurve.NamedCurves.nistP384),
                KeyAlgorithm.EcdsaP521 => ECDsa.Create(ECCurve.NamedCurves.nistP521),
                KeyAlgorithm.Rsa2048 => RSA.Create(2048),
                KeyAlgorithm.Rsa3072 => RSA.Create(3072),
                KeyAlgorithm.Rsa4096 => RSA.Create(4096),
                _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
            }
        );

    /// <summary>Takes ownership of a key of the platform's type that does not leave its device.</summary>
    /// <exception cref="CryptographicException">Its public half cannot be read, or its algorithm is not
    /// supported.</exception>
    public static IssuerKey Remote(AsymmetricAlgorithm key) => new(key) { IsRemote = true };

    /// <summary>Imports a PKCS#8 key. The caller clears the bytes afterwards.</summary>
    /// <exception cref="CryptographicException">The bytes are not a PKCS#8 key of a supported algorithm.</exception>
    public static IssuerKey Import(ReadOnlySpan<byte> pkcs8)
    {
        AsymmetricAlgorithm key = ImportAny(pkcs8);
        try
        {
            return new IssuerKey(key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    internal static IssuerKey FromToken(Pkcs11Key token) => new(token) { IsRemote = true };

    /// <summary>Passes the PKCS#8 encoding to <paramref name="use"/>, for sealing, and always clears it.</summary>
    public T UsePkcs8<T>(Func<byte[], T> use)
    {
        byte[] pkcs8 =
            key?.ExportPkcs8PrivateKey() ?? throw new InvalidOperationException("The key never leaves its token.");
        try
        {
            return use(pkcs8);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <summary>Opens a second handle of the platform's type for the TLS stack. The caller disposes it.</summary>
    public AsymmetricAlgorithm OpenForTls() => UsePkcs8(pkcs8 => ImportAny(pkcs8));

    /// <summary>
    /// Whether the private key exists and matches the public half. It signs a text that cannot be part of a certificate or
    /// list, and verifies that signature.
    /// </summary>
    /// <exception cref="CryptographicException">The key is in an HSM, which refused or failed.</exception>
    public bool Prove()
    {
        byte[] line = [.. "Culvert asks a key to prove itself: "u8, .. RandomNumberGenerator.GetBytes(32)];
        return PublicKey.Verify(line, Sign(line), Scheme);
    }

    public void Dispose() => key?.Dispose();

    public override string ToString() => $"{KeyAlgorithms.Name(PublicKey.Algorithm)} issuer key";

    internal byte[] Sign(ReadOnlySpan<byte> data) =>
        key switch
        {
            ECDsa ecdsa => ecdsa.SignData(data, Scheme.Hash, DSASignatureFormat.Rfc3279DerSequence),
            RSA rsa => rsa.SignData(data, Scheme.Hash, Scheme.Padding!),
            null => token!.Sign(data, Scheme.Hash),
            _ => throw new InvalidOperationException("An issuer key is ECDSA or RSA."),
        };

    private static AsymmetricAlgorithm ImportAny(ReadOnlySpan<byte> pkcs8)
    {
        ECDsa ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportPkcs8PrivateKey(pkcs8, out _);
            return ecdsa;
        }
        catch (CryptographicException)
        {
            ecdsa.Dispose();
        }

        RSA rsa = RSA.Create();
        try
        {
            rsa.ImportPkcs8PrivateKey(pkcs8, out _);
            return rsa;
        }
        catch
        {
            rsa.Dispose();
            throw;
        }
    }
}
