using System.Text.Json;

namespace Culvert.Jose.Json;

/// <summary>
/// Offsets of a member's name and value, so that reading copies nothing. Twelve bytes, because every token has a table of
/// them: <see cref="StrictObjectReader"/> refuses texts whose offsets would not fit.
/// </summary>
internal struct JsonMember
{
    public ushort NameStart;
    public ushort NameLength;

    /// <summary>First byte of the value as written, quotes included.</summary>
    public ushort ValueStart;
    public ushort ValueLength;

    /// <summary>The first token of the value.</summary>
    public JsonTokenType ValueType;

    /// <summary>The name was written with escapes: its offsets point into the buffer of unescaped names.</summary>
    public bool NameIsUnescapedCopy;

    public bool ValueIsEscaped;
}
