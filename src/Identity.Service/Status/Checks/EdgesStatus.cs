using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Nodes;
using Culvert.Identity.Service.Telemetry;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Checks that every registered edge is connected, accepts clients, and runs a compatible version.</summary>
internal sealed class EdgesStatus(TunnelEdges edges) : IStatusCheck
{
    public string Name => "edges";

    public bool IsShownTo(Caller caller) => StatusRights.MayOperate(caller);

    public async ValueTask<IReadOnlyList<StatusFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var all = await edges.ReadAsync(cancellationToken);
        var found = all.SelectMany(Judge).ToList();
        return found.Count > 0 ? found
            : all.Count == 0
                ?
                [
                    StatusFinding.Warning(
                        subject: null,
                        $"No edge is registered: no client can reach a tunnel.",
                        "culvert edge create NAME --address HOST:PORT --dns-name NAME"
                    ),
                ]
            : [StatusFinding.Ok($"{Plural.Of(all.Count, "edge")} connected.")];
    }

    private static IEnumerable<StatusFinding> Judge(ReportedEdge edge)
    {
        var id = edge.Edge.Id.Value;
        var name = $"{edge.Edge.Name} ({id})";
        if (edge.LastContact is not { } contact)
        {
            yield return StatusFinding.Warning(
                id,
                $"Edge {name} has never connected.",
                "Start tunnel-edge with its identifier; tunnel-edge doctor shows what fails"
            );
        }
        else if (edge.Presence == EdgePresence.Gone)
        {
            yield return StatusFinding.Problem(
                id,
                $"Edge {name} is not connected; its last contact was at {contact:u}.",
                "Run tunnel-edge doctor on its host"
            );
        }
        else if (edge.Presence == EdgePresence.Unknown)
        {
            yield return StatusFinding.Unknown(
                id,
                $"Whether edge {name} is connected is not known; its last contact was at {contact:u}.",
                "Run tunnel-edge doctor on its host"
            );
        }

        if (edge.Edge.DrainingAt is { } since)
        {
            yield return StatusFinding.Warning(
                id,
                $"Edge {name} has been draining since {since:u}: it sends agents and clients elsewhere.",
                $"culvert edge resume {id}"
            );
        }

        if (Skew.Of(ProgramVersion.Current, edge.Report?.Version) == Skew.Unsupported)
        {
            yield return StatusFinding.Problem(
                id,
                $"Edge {name} runs version {edge.Report?.Version}, which does not work with {ProgramVersion.Current} of this service.",
                "Upgrade it: docs/upgrade.md"
            );
        }
    }
}
