using System.Buffers;
using System.Buffers.Text;

namespace Culvert.Jose.Base64;

/// <summary>
/// Strict base64url (RFC 7515 §2): no padding, no white space, no <c>+</c> or <c>/</c>, and zero in the unused bits of the
/// last character (RFC 4648 §3.5). Otherwise a token would have several spellings, each of which a replay check on the text
/// would accept.
/// </summary>
public static class CanonicalBase64Url
{
    private static readonly SearchValues<byte> Alphabet = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8
    );

    public static int DecodedLength(int encodedLength) => (int)((long)encodedLength * 3 / 4);

    /// <summary>Decodes into at least <see cref="DecodedLength"/> bytes. False: not canonical.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, Span<byte> destination, out int written)
    {
        written = 0;
        return IsCanonical(encoded)
            && Base64Url.DecodeFromUtf8(encoded, destination, out _, out written) == OperationStatus.Done;
    }

    /// <summary>Decodes text, such as a member of a JWK. Null: not canonical.</summary>
    public static byte[]? Decode(string encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        var ascii = new byte[encoded.Length];
        for (var i = 0; i < encoded.Length; i++)
        {
            // Non-ASCII characters are mapped to a character outside the alphabet.
            ascii[i] = encoded[i] < 0x80 ? (byte)encoded[i] : (byte)'=';
        }

        var decoded = new byte[DecodedLength(ascii.Length)];
        return TryDecode(ascii, decoded, out _) ? decoded : null;
    }

    internal static void DecodeCanonical(ReadOnlySpan<byte> encoded, Span<byte> destination) =>
        Base64Url.DecodeFromUtf8(encoded, destination, out _, out _);

    internal static bool IsCanonical(ReadOnlySpan<byte> encoded)
    {
        if (encoded.ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        // Characters in the last group: 2 encode one byte (4 bits unused), 3 encode two bytes (2 bits unused), 1 is invalid.
        return (encoded.Length % 4) switch
        {
            0 => true,
            2 => (Sextet(encoded[^1]) & 0b1111) == 0,
            3 => (Sextet(encoded[^1]) & 0b11) == 0,
            _ => false,
        };
    }

    private static int Sextet(byte c) =>
        c switch
        {
            >= (byte)'A' and <= (byte)'Z' => c - 'A',
            >= (byte)'a' and <= (byte)'z' => c - 'a' + 26,
            >= (byte)'0' and <= (byte)'9' => c - '0' + 52,
            (byte)'-' => 62,
            _ => 63,
        };
}
