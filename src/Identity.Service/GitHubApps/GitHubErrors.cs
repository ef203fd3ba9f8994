using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.GitHubApps;

internal static class GitHubErrors
{
    public static readonly ErrorCode Unknown = new(
        "github_app.unknown",
        403,
        "Agents of the tunnel get no tokens of this GitHub App.",
        "github_apps of the service has no entry of this name whose tunnels contain the agent's.",
        "Let the service's operator add the entry, or the tunnel to it, and restart the service."
    );

    public static readonly ErrorCode Refused = new(
        "github_app.refused",
        409,
        "GitHub refuses a token of the App.",
        "The entry of github_apps does not fit the App, its installation, or the key in the HSM.",
        "Let the service's operator correct what the message names."
    );

    public static readonly ErrorCode Unavailable = new(
        "github_app.unavailable",
        503,
        "GitHub gave no answer.",
        "It was not reached in time, or answered with something that is not a token.",
        "Repeat after Retry-After. The service's log has the cause."
    );

    public static readonly ErrorCode Rate = new(
        "github_app.rate",
        429,
        "The agent requests too many tokens of GitHub Apps.",
        "More than 30 in a minute.",
        "Use a token for all requests until it expires."
    );
}
