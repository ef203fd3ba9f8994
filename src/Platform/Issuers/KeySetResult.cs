using Culvert.Jose.Keys;

namespace Culvert.Platform.Issuers;

/// <summary>
/// A fetched key set with its bytes, the information that it did not change, or the reason for a failure.
/// </summary>
public sealed class KeySetResult
{
    public JwkSet? Keys { get; init; }

    /// <summary>A set without any usable key, for the explanation; null if none was read.</summary>
    public JwkSet? Unusable { get; init; }

    public ReadOnlyMemory<byte> Document { get; init; }

    /// <summary>SHA-256 of <see cref="Document"/>, base64; empty where no document is compared.</summary>
    public string Digest { get; init; } = "";

    public bool IsUnchanged { get; init; }

    public string? EntityTag { get; init; }

    /// <summary>The source's own statement of how long the set is valid; null if there is none.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The sequence number of a SPIFFE bundle; null if the document has none.</summary>
    public long? Sequence { get; init; }

    /// <summary>The stable code of the failure; null if there is none.</summary>
    public string? Code { get; init; }

    /// <summary>One sentence for the operator, without any text from the server; null if there is no failure.</summary>
    public string? Failure { get; init; }

    /// <summary>What the operator can do about the failure; empty if nothing is known.</summary>
    public string Next { get; init; } = "";

    public static KeySetResult Failed(string code, string reason) => new() { Code = code, Failure = reason };
}
