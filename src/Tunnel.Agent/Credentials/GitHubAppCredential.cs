using Culvert.Machine.Client.Calls;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>A token of a GitHub App's installation, which the identity service gets with the App's key.</summary>
/// <param name="app">The name of an entry of the service's <c>github_apps</c>.</param>
/// <param name="request">Calls the machine API; null: the agent is not enrolled.</param>
internal sealed class GitHubAppCredential(
    string route,
    string app,
    Func<GitHubTokenRequest, CancellationToken, Task<ApiResult<GitHubToken>>?> request,
    TimeProvider time
) : OwnTokenCredential(time)
{
    // A longer one would come from a clock that is behind the service's.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public override string Kind => "github_app";

    protected override string Subject => app;

    protected override Task<IssuedToken> RequestAsync()
    {
        var longest = Time.GetUtcNow() + Longest;
        return ServiceRequest.SendAsync(
            token => request(new GitHubTokenRequest(Route: route, GithubApp: app), token),
            answer =>
                IssuedToken.IsToken(answer.AccessToken)
                    ? new IssuedToken(answer.AccessToken, ServiceRequest.Earlier(answer.ExpiresAt, longest), "")
                    : IssuedToken.Failed("The identity service answered with something that is not a token.", Time),
            failure =>
                IssuedToken.Failed($"The identity service gave no token of the GitHub App {app}: {failure}", Time),
            "token of a GitHub App",
            Time
        );
    }
}
