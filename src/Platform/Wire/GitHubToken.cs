namespace Culvert.Platform.Wire;

/// <summary>Answer of <c>POST /v1/agent/github_app_tokens</c>.</summary>
/// <param name="AccessToken">The installation's access token; a secret.</param>
/// <param name="ExpiresAt">As GitHub says.</param>
public sealed record GitHubToken(string AccessToken, DateTimeOffset ExpiresAt)
{
    /// <summary>Without the token, which is a secret.</summary>
    public override string ToString() => $"until {ExpiresAt:u}";
}
