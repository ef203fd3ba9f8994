using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Base64;
using Culvert.Jose.Refusals;
using Microsoft.IdentityModel.Tokens;

namespace Culvert.Jose.Keys;

/// <summary>
/// A public key, imported when it is first used and then shared by all threads: importing costs ten times as much as
/// verifying, and an issuer publishes more keys than it signs with. It is never disposed; who replaces a key set cannot
/// know who still verifies with the old one, so the handle goes with the last reference.
/// </summary>
public sealed class VerificationKey
{
    // A signature by RSA with 4,096 bits.
    private const int MaxStackBytes = 512;

    private readonly Func<SecurityKey> import;
    private readonly int signatureBytes;

    // One for each algorithm that a signature was verified with. They are this key's own: the library's cache of
    // providers holds keys that no set has any more, until a thousand newer ones push them out.
    private SignatureProvider?[]? providers;

    // Null until the key is first used for the algorithm of its type that nearly all tokens have.
    private Lazy<KeptContexts?>? contexts;

    internal VerificationKey(
        string? keyId,
        JwsAlgorithms algorithms,
        string thumbprint,
        int signatureBytes,
        Func<SecurityKey> import
    )
    {
        KeyId = keyId;
        Algorithms = algorithms;
        Thumbprint = thumbprint;
        this.signatureBytes = signatureBytes;
        this.import = import;
    }

    /// <summary>The <c>kid</c> under which it was published, if any.</summary>
    public string? KeyId { get; }

    /// <summary>What this key may verify: by type and curve, narrowed to its own <c>alg</c> where it has one.</summary>
    public JwsAlgorithms Algorithms { get; }

    /// <summary>RFC 7638 thumbprint, SHA-256, base64url.</summary>
    public string Thumbprint { get; }

    /// <summary>The same key for these algorithms.</summary>
    internal VerificationKey With(JwsAlgorithms algorithms) =>
        new(KeyId, algorithms, Thumbprint, signatureBytes, import);

    /// <summary>
    /// Verifies a signature in canonical base64url. The algorithm must be on the caller's list and be one of the key's
    /// own (RFC 8725 §3.1).
    /// </summary>
    internal JoseRefusal Verify(
        JwsAlgorithm algorithm,
        JwsAlgorithms allowed,
        ReadOnlyMemory<byte> data,
        ReadOnlySpan<byte> encodedSignature
    )
    {
        if (!allowed.Contains(algorithm))
        {
            return JoseRefusal.AlgorithmNotAllowed;
        }

        if (!Algorithms.Contains(algorithm))
        {
            return JoseRefusal.AlgorithmKeyMismatch;
        }

        // A signature of another length than the key's never reaches the cryptography (RFC 8017 §8.2.2 step 1).
        if (CanonicalBase64Url.DecodedLength(encodedSignature.Length) != signatureBytes)
        {
            return JoseRefusal.SignatureInvalid;
        }

        var signature = signatureBytes <= MaxStackBytes ? stackalloc byte[signatureBytes] : new byte[signatureBytes];
        CanonicalBase64Url.DecodeCanonical(encodedSignature, signature);
        if (algorithm is JwsAlgorithm.RS256 or JwsAlgorithm.ES256 && ContextsFor(algorithm) is { } kept)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(data.Span, hash);
            return kept.Verify(hash, signature) ? JoseRefusal.None : JoseRefusal.SignatureInvalid;
        }

        var input = MemoryMarshal.TryGetArray(data, out var array) ? array : new ArraySegment<byte>(data.ToArray());
        return ProviderFor(algorithm)
            .Verify(input.Array, input.Offset, input.Count, signature.ToArray(), 0, signatureBytes)
            ? JoseRefusal.None
            : JoseRefusal.SignatureInvalid;
    }

    // A key has one type, so only one of the two algorithms is ever its own.
    private KeptContexts? ContextsFor(JwsAlgorithm algorithm) =>
        (Volatile.Read(ref contexts) ?? PrepareContexts(algorithm)).Value;

    // Apart, because what the function refers to is allocated as soon as a method with it begins.
    private Lazy<KeptContexts?> PrepareContexts(JwsAlgorithm algorithm) =>
        SetOnce(
            ref contexts,
            new Lazy<KeptContexts?>(() => OperatingSystem.IsLinux() ? CreateContexts(algorithm) : null)
        );

    [SupportedOSPlatform("linux")]
    private KeptContexts? CreateContexts(JwsAlgorithm algorithm)
    {
        var imported = import();
        try
        {
            using var rsa = imported is RsaSecurityKey { Rsa: null } bare ? RSA.Create(bare.Parameters) : null;
            AsymmetricAlgorithm? key = rsa ?? (imported as RsaSecurityKey)?.Rsa;
            key ??= (imported as ECDsaSecurityKey)?.ECDsa;
            return key is null ? null : KeptContexts.TryCreate(algorithm, key);
        }
        catch (CryptographicException)
        {
            return null; // what is wrong with the key is the provider's to say, as for every other algorithm
        }
    }

    private SignatureProvider ProviderFor(JwsAlgorithm algorithm)
    {
        var all =
            Volatile.Read(ref providers)
            ?? SetOnce(ref providers, new SignatureProvider?[JwsAlgorithmExtensions.Count]);
        ref var provider = ref all[(int)algorithm];
        return Volatile.Read(ref provider)
            ?? SetOnce(ref provider, new AsymmetricSignatureProvider(import(), algorithm.Name()));
    }

    private static T SetOnce<T>(ref T? location, T value)
        where T : class => Interlocked.CompareExchange(ref location, value, null) ?? value;
}
