using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Nodes;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Checks that every node of the service is running and that their versions are compatible.</summary>
internal sealed class NodesStatus(VersionStore store) : IStatusCheck
{
    public string Name => "nodes";

    // Every tunnel status counts the nodes too.
    public bool IsShownTo(Caller caller) => true;

    public async ValueTask<IReadOnlyList<StatusFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var count = await store.CountNodesAsync(cancellationToken);
        var nodes = StatusRights.MayOperate(caller) ? await store.ListNodesAsync(cancellationToken) : [];
        var found = nodes
            .Where(node => Skew.Of(ProgramVersion.Current, node.Version) == Skew.Unsupported)
            .Select(node =>
                StatusFinding.Problem(
                    node.Name,
                    $"Node {node.Name} runs version {node.Version}, which does not work with {ProgramVersion.Current} of this node.",
                    "Upgrade it: docs/upgrade.md"
                )
            )
            .ToList();
        if (count.Live < count.Known)
        {
            found.Add(
                StatusFinding.Warning(
                    subject: null,
                    $"{count.Live} of {count.Known} service nodes run; the others stopped without notice within a day.",
                    "Start them, or wait a day for those that were removed"
                )
            );
        }

        return found.Count > 0 ? found : [StatusFinding.Ok($"{Plural.Of(count.Live, "service node")} running.")];
    }
}
