namespace Culvert.Identity.Service.Tunnels;

internal sealed record AgentOptions
{
    /// <summary>
    /// An instance is live this long after a feed call (S17); two thirds exceed <see cref="FeedWaitMax"/>.
    /// </summary>
    public TimeSpan LiveFor { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan FeedWaitMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Maximum age of the proof at a renewal (S4).</summary>
    public TimeSpan MaxSinceProof { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Maximum of live instances per tunnel. A rolling update needs room for the old and the new ones.</summary>
    public int InstancesPerTunnel { get; init; } = 32;
}
