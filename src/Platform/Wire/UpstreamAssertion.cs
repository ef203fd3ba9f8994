namespace Culvert.Platform.Wire;

/// <summary>Answer of <c>POST /v1/agent/assertions</c>.</summary>
/// <param name="Assertion">The JWT; a secret.</param>
/// <param name="ExpiresAt">Its last valid second.</param>
public sealed record UpstreamAssertion(string Assertion, DateTimeOffset ExpiresAt)
{
    /// <summary>Without the assertion, which is a secret.</summary>
    public override string ToString() => $"until {ExpiresAt:u}";
}
