using Culvert.Jose.Signatures;

namespace Culvert.Jose.Keys;

/// <summary>
/// A public key, imported when it is first used and then shared by all threads: importing costs ten times as much as
/// verifying. It is never disposed; who replaces a key set cannot know who still verifies with the old one, so the
/// handle goes with the last reference.
/// </summary>
public abstract class VerificationKey
{
    // RSA-4096: the longest of the keys that exist here.
    private const int MaxSignatureBytes = 512;

    private protected VerificationKey(string? keyId, JwsAlgorithms algorithms, string thumbprint)
    {
        KeyId = keyId;
        Algorithms = algorithms;
        Thumbprint = thumbprint;
    }

    /// <summary>The <c>kid</c> under which it was published, if any.</summary>
    public string? KeyId { get; }

    /// <summary>What this key may verify: by type and curve, narrowed to its own <c>alg</c> where it has one.</summary>
    public JwsAlgorithms Algorithms { get; }

    /// <summary>RFC 7638 thumbprint, SHA-256, base64url.</summary>
    public string Thumbprint { get; }

    /// <summary>
    /// Verifies a signature in canonical base64url. The algorithm must be on the caller's list and be one of the key's
    /// own (RFC 8725 §3.1).
    /// </summary>
    internal JoseRefusal Verify(
        JwsAlgorithm algorithm,
        JwsAlgorithms allowed,
        ReadOnlySpan<byte> data,
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

        // A signature of another length than the key's never reaches the cryptography.
        var length = CanonicalBase64Url.DecodedLength(encodedSignature.Length);
        if (length > MaxSignatureBytes)
        {
            return JoseRefusal.SignatureInvalid;
        }

        Span<byte> signature = stackalloc byte[MaxSignatureBytes];
        signature = signature[..length];
        CanonicalBase64Url.DecodeCanonical(encodedSignature, signature);
        return Verify(algorithm, data, signature) ? JoseRefusal.None : JoseRefusal.SignatureInvalid;
    }

    /// <summary>The caller has checked that the algorithm is one of <see cref="Algorithms"/>.</summary>
    private protected abstract bool Verify(
        JwsAlgorithm algorithm,
        ReadOnlySpan<byte> data,
        ReadOnlySpan<byte> signature
    );
}
