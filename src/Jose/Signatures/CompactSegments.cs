using Culvert.Jose.Base64;
using Culvert.Jose.Refusals;

namespace Culvert.Jose.Signatures;

/// <summary>
/// The three segments of a compact serialisation (RFC 7515 §7.1), encoded but checked to be canonical. It checks the size,
/// then counts the dots, and reads characters only after that.
/// </summary>
internal readonly ref struct CompactSegments
{
    private CompactSegments(ReadOnlySpan<byte> text, int firstDot, int secondDot)
    {
        SigningInput = text[..secondDot];
        Header = text[..firstDot];
        Payload = text[(firstDot + 1)..secondDot];
        Signature = text[(secondDot + 1)..];
    }

    public ReadOnlySpan<byte> SigningInput { get; }

    public ReadOnlySpan<byte> Header { get; }

    public ReadOnlySpan<byte> Payload { get; }

    public ReadOnlySpan<byte> Signature { get; }

    public static JoseRefusal TrySplit(ReadOnlySpan<byte> text, int maxBytes, out CompactSegments segments)
    {
        segments = default;
        if (text.Length > maxBytes)
        {
            return JoseRefusal.TokenTooLarge;
        }

        var dots = text.Count((byte)'.');
        if (dots != 2)
        {
            return dots == 4 ? JoseRefusal.EncryptedToken : JoseRefusal.SegmentCount;
        }

        segments = new CompactSegments(text, text.IndexOf((byte)'.'), text.LastIndexOf((byte)'.'));
        if (segments.Header.IsEmpty || segments.Payload.IsEmpty || segments.Signature.IsEmpty)
        {
            return JoseRefusal.SegmentEmpty;
        }

        return
            CanonicalBase64Url.IsCanonical(segments.Header)
            && CanonicalBase64Url.IsCanonical(segments.Payload)
            && CanonicalBase64Url.IsCanonical(segments.Signature)
            ? JoseRefusal.None
            : JoseRefusal.EncodingNotCanonical;
    }
}
