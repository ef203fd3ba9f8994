using System.Buffers.Binary;
using System.Text;
using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Protocol.Frames;

/// <summary>
/// Reads the fields of HELLO and OPEN: u16 type, u16 length, value (W8). Overruns and duplicates are PROTOCOL errors; the
/// caller must pass unknown types to <see cref="Unknown"/>.
/// </summary>
internal ref struct TlvReader(ReadOnlySpan<byte> payload, Span<ushort> seen)
{
    /// <summary>Most fields of one payload; callers pass a span of this size for the types seen.</summary>
    public const int MaxFields = 64;

    private const ushort IgnorableBit = 0x8000;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly Span<ushort> seen = seen;
    private ReadOnlySpan<byte> rest = payload;
    private int count;

    public bool TryRead(out ushort type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (rest.IsEmpty)
        {
            return false;
        }

        if (rest.Length < 4)
        {
            throw Malformed("A field's header is cut off.");
        }

        type = BinaryPrimitives.ReadUInt16BigEndian(rest);
        var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        if (rest.Length - 4 < length)
        {
            throw Malformed("A field is longer than its frame.");
        }

        if (seen[..count].Contains(type))
        {
            throw Malformed($"Field 0x{type:x4} appears twice.");
        }

        if (count == seen.Length)
        {
            throw Malformed("There are too many fields.");
        }

        seen[count++] = type;
        value = rest.Slice(4, length);
        rest = rest[(4 + length)..];
        return true;
    }

    public static void Unknown(ushort type)
    {
        if ((type & IgnorableBit) == 0)
        {
            throw Malformed($"Field 0x{type:x4} is unknown.");
        }
    }

    public static ushort UInt16(ReadOnlySpan<byte> value) =>
        value.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(value) : throw Malformed("A number has a wrong size.");

    public static uint UInt32(ReadOnlySpan<byte> value) =>
        value.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(value) : throw Malformed("A number has a wrong size.");

    /// <summary>Visible ASCII only, so that names are safe to log and to compare.</summary>
    public static string Token(ReadOnlySpan<byte> value, int maxLength)
    {
        if (value.Length < 1 || value.Length > maxLength || value.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e))
        {
            throw Malformed("A name is empty, too long or not visible ASCII.");
        }

        return Encoding.ASCII.GetString(value);
    }

    public static string Text(ReadOnlySpan<byte> value, int maxBytes)
    {
        if (value.Length < 1 || value.Length > maxBytes)
        {
            throw Malformed("A text is empty or too long.");
        }

        try
        {
            return StrictUtf8.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            throw Malformed("A text is not UTF-8.");
        }
    }

    public static MuxConnectionException Malformed(string what) => new(ConnectionErrorCode.Protocol, what);
}
