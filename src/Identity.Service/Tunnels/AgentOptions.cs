namespace Culvert.Identity.Service.Tunnels;

internal sealed record AgentOptions
{
    /// <summary>
    /// An instance that called the feed within this time is live (S17). Two thirds of it exceed <see
    /// cref="FeedWaitMax"/>.
    /// </summary>
    public TimeSpan LiveFor { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan FeedWaitMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Maximum age of the proof at a renewal (S4).</summary>
    public TimeSpan MaxSinceProof { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Maximum number of live instances of a tunnel. A stopped one counts for another <see cref="LiveFor"/>, so a
    /// rolling update needs room for the old and the new instances.
    /// </summary>
    public int InstancesPerTunnel { get; init; } = 32;
}
