using System.Text;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>Resolves the escapes of a JSON string (RFC 8259 §7) whose content arrives in pieces.</summary>
internal sealed class StringDecoder
{
    // "\u" and four digits.
    private const int UnicodeBytes = 6;

    private byte[] decoded = [];
    private int escapeBytes; // of an escape that is not complete
    private int unit; // the digits of it that were read
    private char high; // the first half of a pair

    /// <summary>Returns the decoded piece; valid until the next one is decoded.</summary>
    public ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> piece)
    {
        if (escapeBytes == 0 && !piece.Contains((byte)'\\'))
        {
            return piece;
        }

        // An escape that began in an earlier piece becomes at most four bytes.
        if (decoded.Length < piece.Length + 4)
        {
            decoded = new byte[piece.Length + 4];
        }

        var length = 0;
        foreach (var next in piece)
        {
            if (escapeBytes == 0 && next != '\\')
            {
                decoded[length++] = next;
            }
            else if (escapeBytes == 0 || (escapeBytes == 1 && next == 'u'))
            {
                (escapeBytes, unit) = (escapeBytes + 1, 0);
            }
            else if (escapeBytes == 1)
            {
                escapeBytes = 0;
                decoded[length++] = next switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    _ => next,
                };
            }
            else
            {
                unit = (unit << 4) | (next > '9' ? (next & 0xF) + 9 : next & 0xF);
                if (++escapeBytes == UnicodeBytes)
                {
                    escapeBytes = 0;
                    length += Encode((char)unit, decoded.AsSpan(length));
                }
            }
        }

        return decoded.AsSpan(0, length);
    }

    private int Encode(char next, Span<byte> output)
    {
        if (char.IsHighSurrogate(next))
        {
            high = next;
            return 0;
        }

        var isCharacter = Rune.TryCreate(next, out var character) || Rune.TryCreate(high, next, out character);
        return (isCharacter ? character : Rune.ReplacementChar).EncodeToUtf8(output);
    }
}
