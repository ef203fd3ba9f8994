namespace Culvert.Machine.Client.Calls;

/// <summary>What a machine shows to be enrolled: an access token or the tunnel token.</summary>
/// <param name="Token">The token itself.</param>
/// <param name="Binding">The key that the token is bound to; null for a bearer token.</param>
public sealed record Proof(string Token, BindingKey? Binding = null)
{
    // Never the token.
    public override string ToString() => nameof(Proof);
}
