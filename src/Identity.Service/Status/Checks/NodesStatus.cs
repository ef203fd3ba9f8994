using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Nodes;
using Culvert.Identity.Service.Telemetry;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Checks that every node of the service is running and that their versions are compatible.</summary>
internal sealed class NodesStatus(VersionStore store) : StatusCheck("nodes")
{
    // Every tunnel status counts the nodes too.
    public override bool IsShownTo(Caller caller) => true;

    public override async Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var count = await store.CountNodesAsync(cancellationToken);
        var nodes = StatusRights.MayOperate(caller) ? await store.ListNodesAsync(cancellationToken) : [];
        return
        [
            .. nodes
                .Where(node => Skew.Describe(ProgramVersion.Current, node.Version) == Skew.Unsupported)
                .Select(node =>
                    Problem(
                        node.Name,
                        $"Node {node.Name} runs version {node.Version}, which does not work with {ProgramVersion.Current} of this node.",
                        "Upgrade it: docs/upgrade.md"
                    )
                ),
            count.Live < count.Known
                ? Warning(
                    subject: null,
                    $"{count.Live} of {count.Known} service nodes run; the others stopped without notice within a day.",
                    "Start them, or wait a day for those that were removed"
                )
                : Ok($"{Plural.Format(count.Live, "service node")} running."),
        ];
    }
}
