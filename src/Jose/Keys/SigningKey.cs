using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Jose.Algorithms;
using Microsoft.IdentityModel.Tokens;

namespace Culvert.Jose.Keys;

/// <summary>
/// Our own signing key: P-256, because ES256 signs seventeen times as fast as RS256 and verifies fast enough. Shared
/// by all threads. Its <c>kid</c> is its RFC 7638 thumbprint, so two different keys never share one.
/// </summary>
public sealed class SigningKey : IDisposable
{
    internal const int SignatureBytes = 64;

    private static readonly ECCurve Curve = ECCurve.NamedCurves.nistP256;

    private readonly ECDsa key;
    private readonly AsymmetricSignatureProvider signer;
    private readonly KeptContexts? contexts;
    private readonly JsonWebKey published;

    private SigningKey(ECDsa key)
    {
        this.key = key;
        signer = new AsymmetricSignatureProvider(
            new ECDsaSecurityKey(key),
            Algorithm.Name(),
            willCreateSignatures: true
        );
        contexts = OperatingSystem.IsLinux() && key is ECDsaOpenSsl own ? KeptContexts.TryCreate(own) : null;
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        published = PublicJwk.Ec(EcCurve.P256, Base64Url.EncodeToString(q.X), Base64Url.EncodeToString(q.Y));
        KeyId = PublicJwk.Thumbprint(published);
    }

    public string KeyId { get; }

    /// <summary>The only algorithm we sign with.</summary>
    public const JwsAlgorithm Algorithm = JwsAlgorithm.ES256;

    /// <summary>Makes a new random key.</summary>
    public static SigningKey Create() => new(CreateKey(Curve));

    /// <summary>Loads a stored key.</summary>
    /// <exception cref="CryptographicException">The input is not a PKCS#8 private key on P-256.</exception>
    public static SigningKey ImportPkcs8(ReadOnlySpan<byte> pkcs8)
    {
        var key = CreateKey();
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

    /// <summary>Takes over a key that the platform opened, in an HSM for example. Disposed with this.</summary>
    /// <exception cref="CryptographicException">It is not on P-256.</exception>
    public static SigningKey FromKey(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return IsOnCurve(key)
            ? new SigningKey(key)
            : throw new CryptographicException("The signing key is not on P-256.");
    }

    /// <summary>The private key in PKCS#8, for sealing only. The caller clears the array.</summary>
    public byte[] ExportPkcs8() => key.ExportPkcs8PrivateKey();

    /// <summary>The public half for verifying our own tokens.</summary>
    public VerificationKey ToVerificationKey() =>
        new(KeyId, Algorithm.AsSet(), KeyId, SignatureBytes, () => PublicJwk.Convert(published)!);

    /// <summary>The public key as RFC 7638 §3.2 has it: the required members alone.</summary>
    public string BareJwk =>
        $$"""{"crv":"{{published.Crv}}","kty":"{{published.Kty}}","x":"{{published.X}}","y":"{{published.Y}}"}""";

    /// <summary>Writes the public key as a JWK object (RFC 7517), for our own key set document.</summary>
    public void WritePublicJwk(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("kty", published.Kty);
        writer.WriteString("use", JsonWebKeyUseNames.Sig);
        writer.WriteString("alg", Algorithm.Name());
        writer.WriteString("kid", KeyId);
        writer.WriteString("crv", published.Crv);
        writer.WriteString("x", published.X);
        writer.WriteString("y", published.Y);
        writer.WriteEndObject();
    }

    public void Dispose()
    {
        contexts?.Dispose();
        signer.Dispose();
        key.Dispose();
    }

    internal void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        if (contexts is not null)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(data, hash);
            contexts.Sign(hash, signature[..SignatureBytes]);
            return;
        }

        if (!signer.Sign(data, signature, out var written) || written != SignatureBytes)
        {
            throw new CryptographicException("The signature does not have the length that ES256 prescribes.");
        }
    }

    // OpenSSL's by name where there is one: of what the platform wraps, the key cannot be had.
    private static ECDsa CreateKey() => OperatingSystem.IsLinux() ? new ECDsaOpenSsl() : ECDsa.Create();

    private static ECDsa CreateKey(ECCurve curve) =>
        OperatingSystem.IsLinux() ? new ECDsaOpenSsl(curve) : ECDsa.Create(curve);

    private static bool IsOnCurve(ECDsa key) =>
        key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == Curve.Oid.Value;
}
