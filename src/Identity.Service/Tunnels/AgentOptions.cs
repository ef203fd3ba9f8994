namespace Culvert.Identity.Service.Tunnels;

internal sealed record AgentOptions
{
    /// <summary>
    /// How long an instance is live after a feed call (S17). Two thirds of it exceed <see cref="FeedWaitMax"/>.
    /// </summary>
    public TimeSpan LiveFor { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan FeedWaitMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Maximum age of the proof at a renewal (S4).</summary>
    public TimeSpan MaxSinceProof { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Maximum number of live instances of a tunnel. A rolling update needs room for the old and the new ones.
    /// </summary>
    public int InstancesPerTunnel { get; init; } = 32;
}
