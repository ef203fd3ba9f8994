namespace Culvert.Jose.Tokens;

/// <summary>What a search in a string or an array of strings came to.</summary>
public enum StringListMatch
{
    Found,
    NotFound,

    /// <summary>Neither a string nor an array of strings, or too long an array.</summary>
    Malformed,
}
