using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Jose.Algorithms;
using Microsoft.IdentityModel.Tokens;

namespace Culvert.Jose.Keys;

/// <summary>
/// A signing key of Culvert: P-256, because ES256 signs seventeen times as fast as RS256 and verifies fast enough, or RSA
/// for receivers that accept only RS256. Thread-safe. Its <c>kid</c> is its RFC 7638 thumbprint, so two different keys
/// never share a <c>kid</c>.
/// </summary>
public sealed class SigningKey : IDisposable
{
    /// <summary>The size of a new RSA key, and the least of an imported one (RFC 7518 §3.3).</summary>
    public const int RsaBits = 2048;

    private static readonly ECCurve Curve = ECCurve.NamedCurves.nistP256;

    // Exactly one of the two is set.
    private readonly ECDsa? ec;
    private readonly AsymmetricSignatureProvider? ecSigner;
    private readonly RSA? rsa;
    private readonly JsonWebKey published;

    private SigningKey(ECDsa key)
    {
        ec = key;
        Algorithm = JwsAlgorithm.ES256;
        SignatureBytes = EcCurve.P256.SignatureBytes;
        ecSigner = new AsymmetricSignatureProvider(
            new ECDsaSecurityKey(key),
            Algorithm.Name(),
            willCreateSignatures: true
        );
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        published = PublicJwk.Ec(EcCurve.P256, Base64Url.EncodeToString(q.X), Base64Url.EncodeToString(q.Y));
        KeyId = PublicJwk.Thumbprint(published);
    }

    private SigningKey(RSA key)
    {
        rsa = key;
        Algorithm = JwsAlgorithm.RS256;
        var half = key.ExportParameters(includePrivateParameters: false);
        SignatureBytes = half.Modulus!.Length;
        published = PublicJwk.Rsa(Base64Url.EncodeToString(half.Modulus), Base64Url.EncodeToString(half.Exponent));
        KeyId = PublicJwk.Thumbprint(published);
    }

    public string KeyId { get; }

    /// <summary>ES256, or RS256 of an RSA key: no key signs with two algorithms.</summary>
    public JwsAlgorithm Algorithm { get; }

    internal int SignatureBytes { get; }

    public static SigningKey Create() => new(ECDsa.Create(Curve));

    public static SigningKey CreateRsa() => new(RSA.Create(RsaBits));

    /// <summary>Loads a stored key on P-256.</summary>
    /// <exception cref="CryptographicException">The input is not a PKCS#8 private key on P-256.</exception>
    public static SigningKey ImportPkcs8(ReadOnlySpan<byte> pkcs8)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out var read);
            return read == pkcs8.Length && IsOnCurve(key)
                ? new SigningKey(key)
                : throw new CryptographicException("The signing key is not a single PKCS#8 key on P-256.");
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Loads a stored RSA key.</summary>
    /// <exception cref="CryptographicException">The input is not a PKCS#8 RSA key of 2048 bits or more.</exception>
    public static SigningKey ImportRsaPkcs8(ReadOnlySpan<byte> pkcs8)
    {
        var key = RSA.Create();
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out var read);
            return read == pkcs8.Length
                ? FromKey(key)
                : throw new CryptographicException("The signing key is not a single PKCS#8 RSA key.");
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Takes ownership of a key that the platform opened, for example in an HSM.</summary>
    /// <exception cref="CryptographicException">The key is not on P-256.</exception>
    public static SigningKey FromKey(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return IsOnCurve(key)
            ? new SigningKey(key)
            : throw new CryptographicException("The signing key is not on P-256.");
    }

    /// <summary>Takes ownership of a key that the platform opened, for example in an HSM.</summary>
    /// <exception cref="CryptographicException">The key is shorter than 2048 bits.</exception>
    public static SigningKey FromKey(RSA key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.KeySize >= RsaBits
            ? new SigningKey(key)
            : throw new CryptographicException($"The signing key is shorter than {RsaBits} bits.");
    }

    /// <summary>The private key in PKCS#8, only for sealing. The caller clears the array.</summary>
    public byte[] ExportPkcs8() => ((AsymmetricAlgorithm?)ec ?? rsa!).ExportPkcs8PrivateKey();

    public VerificationKey ToVerificationKey() =>
        new(KeyId, Algorithm.AsSet(), KeyId, SignatureBytes, () => PublicJwk.Convert(published)!);

    /// <summary>The public key with only its required members (RFC 7638 §3.2).</summary>
    public string BareJwk =>
        rsa is null
            ? $$"""{"crv":"{{published.Crv}}","kty":"{{published.Kty}}","x":"{{published.X}}","y":"{{published.Y}}"}"""
            : $$"""{"e":"{{published.E}}","kty":"{{published.Kty}}","n":"{{published.N}}"}""";

    /// <summary>Writes the public key as a JWK object (RFC 7517), for our own key set document.</summary>
    public void WritePublicJwk(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("kty", published.Kty);
        writer.WriteString("use", JsonWebKeyUseNames.Sig);
        writer.WriteString("alg", Algorithm.Name());
        writer.WriteString("kid", KeyId);
        if (rsa is null)
        {
            writer.WriteString("crv", published.Crv);
            writer.WriteString("x", published.X);
            writer.WriteString("y", published.Y);
        }
        else
        {
            writer.WriteString("n", published.N);
            writer.WriteString("e", published.E);
        }

        writer.WriteEndObject();
    }

    public void Dispose()
    {
        ecSigner?.Dispose();
        ec?.Dispose();
        rsa?.Dispose();
    }

    /// <param name="signature">Of <see cref="SignatureBytes"/>.</param>
    internal void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        var written = 0;
        var isSigned =
            rsa?.TrySignData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, out written)
            ?? ecSigner!.Sign(data, signature, out written);
        if (!isSigned || written != SignatureBytes)
        {
            throw new CryptographicException(
                $"The signature does not have the length that {Algorithm.Name()} prescribes."
            );
        }
    }

    private static bool IsOnCurve(ECDsa key) =>
        key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == Curve.Oid.Value;
}
