namespace Culvert.Jose.Tokens;

public enum StringListMatch
{
    Found,
    NotFound,

    /// <summary>Neither a string nor an array of strings, or too long an array.</summary>
    Malformed,
}
