namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>The source of an agent that has none, such as a probe outside the running agent.</summary>
internal sealed class NoAssertions(TimeProvider time) : IAssertionSource
{
    private static readonly TimeSpan FailureLife = TimeSpan.FromSeconds(1);

    public ValueTask<IssuedToken> GetAsync(string audience, CancellationToken cancellationToken) =>
        new(
            IssuedToken.Failed(
                "No assertion can be had outside the running agent. Start the agent, and read its log.",
                time.GetUtcNow() + FailureLife
            )
        );
}
