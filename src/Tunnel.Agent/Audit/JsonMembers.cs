using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>
/// Members of a JSON object, each after a comma, byte for byte as <see cref="Utf8JsonWriter"/> writes them. This code
/// takes a third of the serializer's time (<c>./bench policy record</c>), and every call has a record.
/// </summary>
internal sealed class JsonMembers : IDisposable
{
    // "2026-11-23T08:15:30.1234567Z"
    private const int TimeBytes = 28;
    private const int SecondsEnd = 19;
    private const int MaxNumberBytes = 32;

    // Above it the serializer writes a double with an exponent; calls do not take that long.
    private const long MaxMicroseconds = 1_000_000_000_000;

    // The ASCII characters that the serializer does not escape. The serializer writes texts with any other character.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        " !#$%()*,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~"
    );

    private static readonly SearchValues<byte> PlainBytes = SearchValues.Create(
        " !#$%()*,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~"u8
    );

    private byte[] bytes = new byte[2048];
    private ArrayBufferWriter<byte>? escaped;
    private Utf8JsonWriter? escaper;

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    public int Length { get; private set; }

    public void CutTo(int length) => Length = length;

    /// <summary>Whether a JSON string can contain the text without escapes.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(PlainBytes);

    /// <summary>Writes a comma, the name and a colon; the value must follow.</summary>
    public void Name(ReadOnlySpan<byte> name)
    {
        var room = GetSpan(name.Length + 4);
        (room[0], room[1]) = ((byte)',', (byte)'"');
        name.CopyTo(room[2..]);
        (room[^2], room[^1]) = ((byte)'"', (byte)':');
    }

    public void Text(ReadOnlySpan<byte> name, ReadOnlySpan<char> value)
    {
        Name(name);
        Text(value);
    }

    public void Text(ReadOnlySpan<char> value)
    {
        if (value.ContainsAnyExcept(Plain))
        {
            WriteEscaped(value);
            return;
        }

        var room = GetSpan(value.Length + 2);
        room[0] = room[^1] = (byte)'"';
        Ascii.FromUtf16(value, room[1..^1], out _);
    }

    public void Number(ReadOnlySpan<byte> name, long value)
    {
        Name(name);
        Number(value);
    }

    /// <summary>Writes a value, or a part of one.</summary>
    public void Number(long value)
    {
        var start = Length;
        value.TryFormat(GetSpan(MaxNumberBytes), out var written, default, CultureInfo.InvariantCulture);
        Length = start + written;
    }

    /// <summary>Writes milliseconds, rounded to a thousandth.</summary>
    public void Milliseconds(ReadOnlySpan<byte> name, double value)
    {
        Name(name);
        var rounded = Math.Round(value, 3);
        var micros = (long)Math.Round(rounded * 1000);
        var start = Length;
        var room = GetSpan(MaxNumberBytes);
        int written;

        // Written as a decimal: finding the shortest form of a double takes longer than all other numbers of a record.
        if (
            micros is < 0 or > MaxMicroseconds
            || BitConverter.DoubleToInt64Bits(micros / 1000d) != BitConverter.DoubleToInt64Bits(rounded)
        )
        {
            rounded.TryFormat(room, out written, default, CultureInfo.InvariantCulture);
        }
        else
        {
            var (whole, rest) = Math.DivRem(micros, 1000);
            whole.TryFormat(room, out written, default, CultureInfo.InvariantCulture);
            written += WriteThousandths(room[written..], (int)rest);
        }

        Length = start + written;
    }

    /// <summary>Writes a UTC time without trailing zeros in its fraction.</summary>
    public void Time(ReadOnlySpan<byte> name, DateTimeOffset value)
    {
        Name(name);
        var start = Length;
        var room = GetSpan(TimeBytes + 2);
        room[0] = (byte)'"';
        var time = room[1..];
        value.UtcDateTime.TryFormat(time, out _, "O", CultureInfo.InvariantCulture);
        var end = TimeBytes - 1;
        while (time[end - 1] == '0' && end > SecondsEnd + 1)
        {
            end--;
        }

        if (end == SecondsEnd + 1)
        {
            end = SecondsEnd; // no digit is left after the point
        }

        (time[end], time[end + 1]) = ((byte)'Z', (byte)'"');
        Length = start + 1 + end + 2;
    }

    public void Raw(ReadOnlySpan<byte> json) => json.CopyTo(GetSpan(json.Length));

    /// <summary>Replaces the comma before the member at this length by an opening brace.</summary>
    public void OpenAt(int start) => bytes[start] = (byte)'{';

    public void Hex(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name(name);
        var room = GetSpan((2 * value.Length) + 2);
        room[0] = room[^1] = (byte)'"';
        Convert.TryToHexStringLower(value, room[1..^1], out _);
    }

    public void Dispose() => escaper?.Dispose();

    private static int WriteThousandths(Span<byte> room, int thousandths)
    {
        if (thousandths == 0)
        {
            return 0;
        }

        room[0] = (byte)'.';
        (room[1], room[2], room[3]) = (
            (byte)('0' + (thousandths / 100)),
            (byte)('0' + (thousandths / 10 % 10)),
            (byte)('0' + (thousandths % 10))
        );
        return thousandths % 10 != 0 ? 4
            : thousandths % 100 != 0 ? 3
            : 2;
    }

    private void WriteEscaped(ReadOnlySpan<char> value)
    {
        escaped ??= new ArrayBufferWriter<byte>(256);
        escaper ??= new Utf8JsonWriter(escaped);
        escaped.ResetWrittenCount();
        escaper.Reset();
        escaper.WriteStringValue(value);
        escaper.Flush();
        Raw(escaped.WrittenSpan);
    }

    private Span<byte> GetSpan(int length)
    {
        if (bytes.Length - Length < length)
        {
            Array.Resize(ref bytes, Math.Max(2 * bytes.Length, Length + length));
        }

        var room = bytes.AsSpan(Length, length);
        Length += length;
        return room;
    }
}
