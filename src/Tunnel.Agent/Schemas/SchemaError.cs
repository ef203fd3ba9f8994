namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>Where a value does not match a schema.</summary>
/// <param name="At">
/// The place in the value as a pointer (RFC 6901). It has names of the schema alone: a name that only the value has is
/// <c>*</c>, as is an element of an array.
/// </param>
/// <param name="Keyword">
/// What is not satisfied: a keyword; <see cref="TooMuch"/> or <see cref="Unreadable"/> where that cannot be said.
/// </param>
internal sealed record SchemaError(string At, string Keyword)
{
    /// <summary>The comparison takes more work than one call may cause.</summary>
    public const string TooMuch = "too_much";

    /// <summary>A text or a number has no meaning that all readers agree on.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>The schema itself cannot be used.</summary>
    public const string Unsupported = "unsupported";
}
