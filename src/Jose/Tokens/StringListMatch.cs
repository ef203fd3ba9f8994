namespace Culvert.Jose.Tokens;

/// <summary>The result of a search in a string or an array of strings.</summary>
public enum StringListMatch
{
    Found,
    NotFound,

    /// <summary>Neither a string nor an array of strings, or too long an array.</summary>
    Malformed,
}
