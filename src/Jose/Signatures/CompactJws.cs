using Culvert.Jose.Algorithms;
using Culvert.Jose.Base64;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;

namespace Culvert.Jose.Signatures;

/// <summary>
/// A JWS in compact serialisation (RFC 7515 §7.1), parsed but not yet verified. Nothing of it may be believed before
/// <see cref="Verify"/> has returned <see cref="JoseRefusal.None"/>.
/// </summary>
public sealed class CompactJws
{
    private readonly ReadOnlyMemory<byte> compact;
    private readonly int signatureStart;

    private CompactJws(
        in JwsHeader header,
        ReadOnlyMemory<byte> compact,
        int signatureLength,
        ReadOnlyMemory<byte> payload
    )
    {
        Algorithm = header.Algorithm;
        KeyId = header.KeyId;
        Type = header.Type;
        this.compact = compact;
        signatureStart = compact.Length - signatureLength;
        Payload = payload;
    }

    /// <summary>What the header claims; <see cref="Verify"/> decides whether it counts.</summary>
    public JwsAlgorithm Algorithm { get; }

    /// <summary>The header's <c>kid</c>: opaque, compared ordinally.</summary>
    public string? KeyId { get; }

    /// <summary>The header's <c>typ</c> as written.</summary>
    public string? Type { get; }

    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>
    /// Header and payload as signed: of all spellings of a token this one text is covered by the signature, and
    /// canonical base64url makes it unique.
    /// </summary>
    public ReadOnlySpan<byte> SigningInput => compact.Span[..(signatureStart - 1)];

    /// <summary>
    /// Parses a token. The size is checked first, then the dots are counted, and only then is anything decoded.
    /// </summary>
    /// <param name="compact">Must stay unchanged while the result is in use.</param>
    /// <param name="jws">Null when it was refused.</param>
    /// <param name="room">
    /// Where the payload is decoded to, if it fits, and must stay as long as <paramref name="compact"/>; else it gets an
    /// array of its own.
    /// </param>
    public static JoseRefusal TryParse(ReadOnlyMemory<byte> compact, out CompactJws? jws, Memory<byte> room = default)
    {
        jws = null;
        var refusal = CompactSegments.TrySplit(compact.Span, JoseLimits.MaxTokenBytes, out var segments);
        if (refusal != JoseRefusal.None)
        {
            return refusal;
        }

        refusal = JwsHeaderReader.TryRead(segments.Header, out var header);
        if (refusal != JoseRefusal.None)
        {
            return refusal;
        }

        // The signature stays encoded until a key is there to check it.
        var length = CanonicalBase64Url.DecodedLength(segments.Payload.Length);
        var payload = length <= room.Length ? room[..length] : GC.AllocateUninitializedArray<byte>(length);
        CanonicalBase64Url.DecodeCanonical(segments.Payload, payload.Span);
        jws = new CompactJws(header, compact, segments.Signature.Length, payload);
        return JoseRefusal.None;
    }

    /// <summary>
    /// Verifies with one key. The algorithm must be on the caller's list and be one of the key's own (RFC 8725 §3.1);
    /// the header alone selects nothing.
    /// </summary>
    public JoseRefusal Verify(VerificationKey key, JwsAlgorithms allowed)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Verify(Algorithm, allowed, compact[..(signatureStart - 1)], compact.Span[signatureStart..]);
    }
}
