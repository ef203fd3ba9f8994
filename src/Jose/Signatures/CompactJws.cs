using Culvert.Jose.Keys;

namespace Culvert.Jose.Signatures;

/// <summary>
/// A JWS in compact serialisation (RFC 7515 §7.1), parsed but not yet verified. Nothing of it may be believed before
/// <see cref="Verify"/> has returned <see cref="JoseRefusal.None"/>.
/// </summary>
public sealed class CompactJws
{
    private readonly ReadOnlyMemory<byte> signingInput;
    private readonly ReadOnlyMemory<byte> signature;

    private CompactJws(
        in JwsHeader header,
        ReadOnlyMemory<byte> signingInput,
        Memory<byte> payload,
        Memory<byte> signature
    )
    {
        Algorithm = header.Algorithm;
        KeyId = header.KeyId;
        Type = header.Type;
        this.signingInput = signingInput;
        Payload = payload;
        this.signature = signature;
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
    public ReadOnlySpan<byte> SigningInput => signingInput.Span;

    /// <summary>
    /// Parses a token. The size is checked first, then the dots are counted, and only then is anything decoded.
    /// The memory must stay unchanged while the result is in use.
    /// </summary>
    public static JoseRefusal TryParse(ReadOnlyMemory<byte> compact, out CompactJws? jws)
    {
        jws = null;
        var text = compact.Span;
        if (text.Length > JoseLimits.MaxTokenBytes)
        {
            return JoseRefusal.TokenTooLarge;
        }

        var dots = text.Count((byte)'.');
        if (dots != 2)
        {
            return dots == 4 ? JoseRefusal.EncryptedToken : JoseRefusal.SegmentCount;
        }

        var firstDot = text.IndexOf((byte)'.');
        var secondDot = text.LastIndexOf((byte)'.');
        var header = text[..firstDot];
        var payload = text[(firstDot + 1)..secondDot];
        var signature = text[(secondDot + 1)..];
        if (header.IsEmpty || payload.IsEmpty || signature.IsEmpty)
        {
            return JoseRefusal.SegmentEmpty;
        }

        // One buffer for the three decoded segments, each directly behind the one before.
        var decoded = new byte[CanonicalBase64Url.DecodedLength(text.Length - 2)];
        if (
            !CanonicalBase64Url.TryDecode(header, decoded, out var headerBytes)
            || !CanonicalBase64Url.TryDecode(payload, decoded.AsSpan(headerBytes), out var payloadBytes)
            || !CanonicalBase64Url.TryDecode(
                signature,
                decoded.AsSpan(headerBytes + payloadBytes),
                out var signatureBytes
            )
        )
        {
            return JoseRefusal.EncodingNotCanonical;
        }

        var refusal = JwsHeader.TryParse(decoded.AsSpan(0, headerBytes), out var parsed);
        if (refusal == JoseRefusal.None)
        {
            jws = new CompactJws(
                parsed,
                compact[..secondDot],
                decoded.AsMemory(headerBytes, payloadBytes),
                decoded.AsMemory(headerBytes + payloadBytes, signatureBytes)
            );
        }

        return refusal;
    }

    /// <summary>
    /// Verifies with one key. The algorithm must be on the caller's list and be one of the key's own (RFC 8725 §3.1);
    /// the header alone selects nothing.
    /// </summary>
    public JoseRefusal Verify(VerificationKey key, JwsAlgorithms allowed)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!allowed.Contains(Algorithm))
        {
            return JoseRefusal.AlgorithmNotAllowed;
        }

        if (!key.Algorithms.Contains(Algorithm))
        {
            return JoseRefusal.AlgorithmKeyMismatch;
        }

        return key.Verify(Algorithm, signingInput.Span, signature.Span)
            ? JoseRefusal.None
            : JoseRefusal.SignatureInvalid;
    }
}
