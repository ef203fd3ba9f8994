namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>The assertions that the routes of an agent can have.</summary>
/// <param name="Service">Creates the source of a route, by its name.</param>
/// <param name="Platform">The same for all routes.</param>
internal sealed record AssertionSources(Func<string, IAssertionSource> Service, IAssertionSource Platform)
{
    /// <summary>Outside of the running agent, which alone has an identity.</summary>
    public static AssertionSources None { get; } = new(_ => Missing.Instance, Missing.Instance);

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
