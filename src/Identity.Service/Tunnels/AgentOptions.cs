namespace Culvert.Identity.Service.Tunnels;

internal sealed record AgentOptions
{
    /// <summary>
    /// Feed contact within this time makes an instance live (S17). Two thirds of it exceed <see cref="FeedWaitMax"/>.
    /// </summary>
    public TimeSpan LiveFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest wait of a feed call.</summary>
    public TimeSpan FeedWaitMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Renewal needs a proof no older than this (S4).</summary>
    public TimeSpan MaxSinceProof { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Most live instances of a tunnel. One that stopped counts for <see cref="LiveFor"/> more, so a rolling update needs
    /// room for the old instances and the new ones.
    /// </summary>
    public int InstancesPerTunnel { get; init; } = 32;
}
