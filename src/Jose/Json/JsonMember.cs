using System.Text.Json;

namespace Culvert.Jose.Json;

/// <summary>Where a member's name and value lie: offsets, so that reading an object copies nothing.</summary>
internal struct JsonMember
{
    public int NameStart;
    public int NameLength;

    /// <summary>First byte of the value as written, quotes included.</summary>
    public int ValueStart;
    public int ValueLength;

    /// <summary>The token that begins the value.</summary>
    public JsonTokenType ValueType;

    /// <summary>The name was written with escapes: its offsets point into the buffer of unescaped names.</summary>
    public bool NameIsUnescapedCopy;

    /// <summary>The value is a string written with escapes.</summary>
    public bool ValueIsEscaped;
}
