using Culvert.Jose.Base64;
using Culvert.Jose.Refusals;

namespace Culvert.Jose.Signatures;

/// <summary>Reads a token's header. Each thread caches the last one: comparing costs a tenth of reading.</summary>
internal static class JwsHeaderReader
{
    // Headers up to this size are decoded on the stack and cached; issuers send no longer ones.
    private const int TypicalBytes = 512;

    [ThreadStatic]
    private static (byte[] Encoded, JwsHeader Header) last;

    public static JoseRefusal TryRead(ReadOnlySpan<byte> encoded, out JwsHeader header)
    {
        if (encoded.SequenceEqual(last.Encoded))
        {
            header = last.Header;
            return JoseRefusal.None;
        }

        header = default;
        var bytes = CanonicalBase64Url.DecodedLength(encoded.Length);
        var json = bytes <= TypicalBytes ? stackalloc byte[bytes] : new byte[bytes];
        CanonicalBase64Url.DecodeCanonical(encoded, json);
        var refusal = JwsHeader.TryParse(json, JwsHeaderKind.Token, out header);
        if (refusal == JoseRefusal.None && bytes <= TypicalBytes)
        {
            last = (encoded.ToArray(), header);
        }

        return refusal;
    }
}
