using Culvert.Jose.Base64;
using Culvert.Jose.Refusals;

namespace Culvert.Jose.Signatures;

/// <summary>
/// Reads the header of a token. Issuers put the same header before all tokens of a key, so each thread keeps the last
/// one that it read: the same text has the same meaning, and comparing costs a tenth of reading.
/// </summary>
internal static class JwsHeaderReader
{
    // Headers up to this size, which is all that issuers send, are decoded on the stack and kept.
    private const int TypicalBytes = 512;

    [ThreadStatic]
    private static (byte[] Encoded, JwsHeader Header) last;

    /// <param name="encoded">Canonical base64url.</param>
    /// <param name="header">Set if it is not refused.</param>
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
