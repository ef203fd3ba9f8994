namespace Culvert.Identity.Service.Connections;

/// <summary>What the upstream issued.</summary>
/// <param name="RefreshToken">Null = none, or, after a refresh, the former one stays valid.</param>
/// <param name="ExpiresAt">Null = the access token does not expire.</param>
/// <param name="Scope">Null = as requested.</param>
internal sealed record UpstreamTokens(
    string AccessToken,
    string? RefreshToken,
    DateTimeOffset? ExpiresAt,
    string? Scope
)
{
    // The generated text of a record would print the tokens.
    public override string ToString() => nameof(UpstreamTokens);
}
