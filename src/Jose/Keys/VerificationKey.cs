using Culvert.Jose.Signatures;

namespace Culvert.Jose.Keys;

/// <summary>
/// A public key, imported once and shared by all threads: importing costs ten times as much as verifying. It is
/// never disposed; who replaces a key set cannot know who still verifies with the old one, so the handle goes with
/// the last reference.
/// </summary>
public abstract class VerificationKey
{
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

    /// <summary>The caller has checked that the algorithm is one of <see cref="Algorithms"/>.</summary>
    internal abstract bool Verify(JwsAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);
}
