using Culvert.Identity.Service.Http;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.GitHubApps;

internal static class GitHubOperations
{
    public static readonly Operation GetToken = Operation
        .Post("get_github_app_token", "/v1/agent/github_app_tokens", Access.Agent)
        .Describe(
            "Get a token of a GitHub App for the upstream of a route",
            "An installation's access token of an hour, for which the App's key in the HSM signs. github_apps of the service "
                + "names the App, what the token may do, and the tunnels whose agents get it."
        )
        .Accepts<GitHubTokenRequest>()
        .Returns<GitHubToken>();
}
