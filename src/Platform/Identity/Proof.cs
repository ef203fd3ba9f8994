namespace Culvert.Platform.Identity;

/// <summary>What a machine shows to be enrolled: an access token or the tunnel token.</summary>
/// <param name="Bearer">The token itself.</param>
public sealed record Proof(string Bearer)
{
    // Never the token.
    public override string ToString() => nameof(Proof);
}
