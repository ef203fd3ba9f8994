using System.Text;
using System.Text.Json;

namespace Culvert.Jose.Json;

/// <summary>A JSON value as written. Only <see cref="StrictObjectReader"/> creates it, so it is well-formed.</summary>
internal readonly ref struct JsonText(ReadOnlySpan<byte> raw, bool isEscaped)
{
    private readonly ReadOnlySpan<byte> raw = raw;

    /// <summary>The text of the value, which the caller has checked to be a string.</summary>
    public string ReadString()
    {
        if (!isEscaped)
        {
            return Encoding.UTF8.GetString(Content);
        }

        var reader = new Utf8JsonReader(raw);
        reader.Read();
        return reader.GetString()!;
    }

    /// <summary>Compares a string's text ordinally, without allocating when nothing is escaped.</summary>
    public bool StringEquals(ReadOnlySpan<byte> utf8)
    {
        if (!isEscaped)
        {
            return Content.SequenceEqual(utf8);
        }

        var reader = new Utf8JsonReader(raw);
        reader.Read();
        return reader.ValueTextEquals(utf8);
    }

    public bool TryGetPlain(out ReadOnlySpan<byte> utf8)
    {
        utf8 = Content;
        return !isEscaped;
    }

    private ReadOnlySpan<byte> Content => raw[1..^1];
}
