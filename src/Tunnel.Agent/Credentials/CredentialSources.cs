using Culvert.Machine.Client.Calls;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>What the routes of an agent can get from others for their upstreams.</summary>
/// <param name="Service">Creates the source of a route's assertions, by its name.</param>
/// <param name="Platform">Assertions of the agent's platform, the same for all routes.</param>
/// <param name="Grants">Requests a person's token from the identity service; null: the agent is not enrolled.</param>
/// <param name="GitHub">Requests a GitHub App's token from the identity service, likewise.</param>
internal sealed record CredentialSources(
    Func<string, IAssertionSource> Service,
    IAssertionSource Platform,
    Func<ConnectionTokenRequest, CancellationToken, Task<ApiResult<ConnectionTokenAnswer>>?> Grants,
    Func<GitHubTokenRequest, CancellationToken, Task<ApiResult<GitHubToken>>?> GitHub
)
{
    /// <summary>Outside of the running agent, which alone has an identity.</summary>
    public static CredentialSources None { get; } =
        new(_ => Missing.Instance, Missing.Instance, (_, _) => null, (_, _) => null);

    public IAssertionSource Get(AssertionOrigin origin, string route) =>
        origin == AssertionOrigin.Platform ? Platform : Service(route);

    private sealed class Missing : IAssertionSource
    {
        public static readonly Missing Instance = new();

        public ValueTask<IssuedToken> GetAsync(string audience, CancellationToken cancellationToken) =>
            new(
                IssuedToken.Failed(
                    "Only the running agent has assertions. Start it, and read its log.",
                    DateTimeOffset.UnixEpoch
                )
            );
    }
}
