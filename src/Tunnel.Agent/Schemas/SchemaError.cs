namespace Culvert.Tunnel.Agent.Schemas;

/// <param name="At">
/// The position in the value as a JSON pointer (RFC 6901). It has only names of the schema: a name that only the value
/// has is <c>*</c>, as is an element of an array.
/// </param>
/// <param name="Keyword">
/// The keyword that the value violates, or a constant of this type if there is none.
/// </param>
internal sealed record SchemaError(string At, string Keyword)
{
    /// <summary>The validation needs more work than one call may cause.</summary>
    public const string TooMuch = "too_much";

    /// <summary>Readers disagree on the value of a text or a number.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>The schema itself is unusable.</summary>
    public const string Unsupported = "unsupported";
}
