namespace Culvert.Identity.Service.GitHubApps;

/// <summary>GitHub's "Create an installation access token for an app": what the token is limited to.</summary>
internal sealed record InstallationTokenRequest(
    IReadOnlyList<string>? Repositories,
    IReadOnlyDictionary<string, string>? Permissions
);
