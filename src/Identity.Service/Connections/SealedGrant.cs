namespace Culvert.Identity.Service.Connections;

/// <summary>The sealed part of a grant.</summary>
internal sealed record SealedGrant(string Subject, string AccessToken, string? RefreshToken)
{
    public override string ToString() => nameof(SealedGrant);
}
