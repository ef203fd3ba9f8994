using Culvert.Jose.Algorithms;
using Culvert.Jose.Base64;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;

namespace Culvert.Jose.Signatures;

/// <summary>
/// A JWS in compact serialisation (RFC 7515 §7.1), parsed but not yet verified. Do not trust its content before
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

    /// <summary>The header's claim; <see cref="Verify"/> decides whether it is accepted.</summary>
    public JwsAlgorithm Algorithm { get; }

    /// <summary>The header's <c>kid</c>: opaque, compared ordinally.</summary>
    public string? KeyId { get; }

    public string? Type { get; }

    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Header and payload as signed. Canonical base64url makes this the token's only spelling.</summary>
    public ReadOnlySpan<byte> SigningInput => compact.Span[..(signatureStart - 1)];

    /// <summary>Parses a token. It checks the size, then counts the dots, and decodes only after that.</summary>
    /// <param name="compact">Must stay unchanged while the result is in use.</param>
    /// <param name="jws">Null if the token is refused.</param>
    /// <param name="room">Receives the payload if it fits, and must stay unchanged as long as <paramref name="compact"/>;
    /// otherwise an array is allocated.</param>
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

        // The signature stays encoded until a key is available to check it.
        var length = CanonicalBase64Url.DecodedLength(segments.Payload.Length);
        var payload = length <= room.Length ? room[..length] : GC.AllocateUninitializedArray<byte>(length);
        CanonicalBase64Url.DecodeCanonical(segments.Payload, payload.Span);
        jws = new CompactJws(header, compact, segments.Signature.Length, payload);
        return JoseRefusal.None;
    }

    /// <summary>The caller's list and the key must both include the algorithm (RFC 8725 §3.1).</summary>
    public JoseRefusal Verify(VerificationKey key, JwsAlgorithms allowed)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Verify(Algorithm, allowed, compact[..(signatureStart - 1)], compact.Span[signatureStart..]);
    }
}
