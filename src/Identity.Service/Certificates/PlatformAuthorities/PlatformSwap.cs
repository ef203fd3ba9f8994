using Culvert.Identity.Service.Certificates.BundleRules;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>
/// The progress of a root rotation, by the rules of every bundle (<see cref="BundleProtocol"/>): the holders are agents
/// and edges, the anchors are roots.
/// </summary>
internal sealed record PlatformSwap(PlatformRoots Roots, IReadOnlyList<PlatformMachine> Machines, BundleState State)
{
    /// <summary>The maximum of <c>certificates.platform_life</c>, whatever its value is now.</summary>
    private static readonly TimeSpan LongestLeaf = TimeSpan.FromHours(24);

    /// <summary>Covers clock differences, and nodes that notice a switch half a minute late.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>When a retiring root leaves the bundle: after the last certificate under it has expired.</summary>
    public static DateTimeOffset RetiresAt(PlatformAuthority root) => root.StateSince + LongestLeaf + Skew;

    /// <param name="isLive">Whether a machine called recently; the others catch up when they reconnect.</param>
    public static PlatformSwap From(
        PlatformRoots roots,
        IReadOnlyList<PlatformMachine> machines,
        Func<PlatformMachine, bool> isLive,
        DateTimeOffset now
    ) =>
        new(
            roots,
            machines,
            new BundleState(
                roots.Records.Epoch,
                [
                    .. roots.Trusted.Select(root => new BundleAnchor(
                        root.Id.Value,
                        ToRole(root.State),
                        root.AddedEpoch,
                        HasLiveLeaves: root.State == RootState.Active
                            || (root.State == RootState.Retiring && now < RetiresAt(root))
                    )),
                ],
                [
                    .. machines.Select(machine => new BundleHolder(
                        machine.Id,
                        HolderKind.Agent,
                        Counts: isLive(machine),
                        machine.Served,
                        machine.Acknowledged
                    )),
                ]
            )
        );

    public IReadOnlyList<PlatformMachine> Missing =>
        Roots.Staged is { } staged
            ? [.. BundleProtocol.Missing(State, staged.Id.Value).Select(holder => GetMachine(holder.Id))]
            : [];

    public IReadOnlyList<string> LateJoiners =>
        [.. State.Holders.Where(holder => !holder.Counts).Select(holder => holder.Id)];

    private PlatformMachine GetMachine(string id) => Machines.First(machine => machine.Id == id);

    private static AnchorRole ToRole(RootState state) =>
        state switch
        {
            RootState.Staged => AnchorRole.Staged,
            RootState.Active => AnchorRole.Active,
            _ => AnchorRole.Retiring,
        };
}
