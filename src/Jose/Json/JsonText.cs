using System.Text;
using System.Text.Json;

namespace Culvert.Jose.Json;

/// <summary>A JSON value as written. Only made by <see cref="StrictObjectReader"/>, so it is known to be well-formed.</summary>
internal readonly ref struct JsonText(ReadOnlySpan<byte> raw, bool isEscaped)
{
    private readonly ReadOnlySpan<byte> raw = raw;

    /// <summary>A string's text. The caller has checked that the value is a string.</summary>
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

    /// <summary>Ordinal comparison of a string's text, without making the string when nothing is escaped.</summary>
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

    /// <summary>The raw text, if nothing is escaped.</summary>
    public bool TryGetPlain(out ReadOnlySpan<byte> utf8)
    {
        utf8 = Content;
        return !isEscaped;
    }

    private ReadOnlySpan<byte> Content => raw[1..^1];
}
