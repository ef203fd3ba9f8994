namespace Culvert.Machine.Client.Calls;

/// <summary>
/// The credential that enrols a machine: an access token, the tunnel token, or the identity provider's token.
/// </summary>
/// <param name="Token">An access token, a tunnel token or an assertion.</param>
/// <param name="Binding">
/// The key that the token is bound to, or that the exchange of an assertion must bind its grant to; null for a bearer
/// token.
/// </param>
public sealed record Proof(string Token, BindingKey? Binding = null)
{
    /// <summary>
    /// The token is the identity provider's: it goes into the body of a request that does the exchange itself.
    /// </summary>
    public bool IsAssertion { get; init; }

    // Never prints the token.
    public override string ToString() => nameof(Proof);
}
