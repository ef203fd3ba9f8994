namespace Culvert.Machine.Client.Calls;

/// <summary>The credential for enrolment: an access token, the tunnel token, or the identity provider's token.</summary>
/// <param name="Token">An access token, a tunnel token or an assertion.</param>
/// <param name="Binding">The key that the token, or the grant of an assertion, is bound to; null for bearer tokens.</param>
public sealed record Proof(string Token, BindingKey? Binding = null)
{
    /// <summary>The token is the identity provider's and belongs in the body of a request that exchanges it.</summary>
    public bool IsAssertion { get; init; }

    // Never prints the token.
    public override string ToString() => nameof(Proof);
}
