using System.Text.Json;

namespace Culvert.Jose.Json;

/// <summary>
/// Where a member's name and value lie: offsets, so that reading an object copies nothing. Twelve bytes, because every
/// token carries a table of them: <see cref="StrictObjectReader"/> reads nothing whose offsets would not fit.
/// </summary>
internal struct JsonMember
{
    public ushort NameStart;
    public ushort NameLength;

    /// <summary>First byte of the value as written, quotes included.</summary>
    public ushort ValueStart;
    public ushort ValueLength;

    /// <summary>The token that begins the value.</summary>
    public JsonTokenType ValueType;

    /// <summary>The name was written with escapes: its offsets point into the buffer of unescaped names.</summary>
    public bool NameIsUnescapedCopy;

    /// <summary>The value is a string written with escapes.</summary>
    public bool ValueIsEscaped;
}
