using System.Runtime.InteropServices;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Base64;
using Culvert.Jose.Refusals;
using Microsoft.IdentityModel.Tokens;

namespace Culvert.Jose.Keys;

/// <summary>
/// A public key, imported at its first use and then shared by all threads: an import costs ten times a verification, and an
/// issuer publishes more keys than it uses. Never disposed, because old key sets may still be in use; the garbage collector
/// frees the handle.
/// </summary>
public sealed class VerificationKey
{
    private readonly Func<SecurityKey> import;
    private readonly int signatureBytes;

    // One provider per algorithm in use. They belong to this key: the library's shared cache would hold the keys of replaced
    // sets until a thousand newer ones evict them.
    private SignatureProvider?[]? providers;

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

    public string? KeyId { get; }

    /// <summary>What this key may verify: by type and curve, narrowed to its own <c>alg</c> if it has one.</summary>
    public JwsAlgorithms Algorithms { get; }

    /// <summary>RFC 7638 thumbprint, SHA-256, base64url.</summary>
    public string Thumbprint { get; }

    internal VerificationKey With(JwsAlgorithms algorithms) =>
        new(KeyId, algorithms, Thumbprint, signatureBytes, import);

    /// <summary>The algorithm must be on the caller's list and be one of the key's own (RFC 8725 §3.1).</summary>
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

        // A signature with another length than the key's is refused before any cryptography (RFC 8017 §8.2.2 step 1).
        if (CanonicalBase64Url.DecodedLength(encodedSignature.Length) != signatureBytes)
        {
            return JoseRefusal.SignatureInvalid;
        }

        var signature = new byte[signatureBytes];
        CanonicalBase64Url.DecodeCanonical(encodedSignature, signature);
        var input = MemoryMarshal.TryGetArray(data, out var array) ? array : new ArraySegment<byte>(data.ToArray());
        return ProviderFor(algorithm).Verify(input.Array, input.Offset, input.Count, signature, 0, signatureBytes)
            ? JoseRefusal.None
            : JoseRefusal.SignatureInvalid;
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
