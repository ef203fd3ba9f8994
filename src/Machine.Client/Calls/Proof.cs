namespace Culvert.Machine.Client.Calls;

/// <summary>What a machine shows to be enrolled: an access token, the tunnel token, or the identity provider's token.</summary>
/// <param name="Token">The token itself.</param>
/// <param name="Binding">The key that the token is bound to, or that a grant of the assertion is to be bound to; null for a
/// bearer token.</param>
public sealed record Proof(string Token, BindingKey? Binding = null)
{
    /// <summary>
    /// The identity provider's token, which no exchange has turned into an access token: it goes into the body of a request
    /// that does the exchange itself.
    /// </summary>
    public bool IsAssertion { get; init; }

    // Never the token.
    public override string ToString() => nameof(Proof);
}
