using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Nodes;
using Culvert.Identity.Service.Telemetry;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Checks that every registered edge is connected, accepts clients, and runs a compatible version.</summary>
internal sealed class EdgesStatus(TunnelEdges edges) : StatusCheck("edges")
{
    public override async Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var all = await edges.ReadAsync(cancellationToken);
        return all.Count > 0
            ? [.. all.SelectMany(Judge), Ok($"{Plural.Format(all.Count, "edge")} connected.")]
            :
            [
                Warning(
                    subject: null,
                    $"No edge is registered: no client can reach a tunnel.",
                    "culvert edge create NAME --address HOST:PORT --dns-name NAME"
                ),
            ];
    }

    private IEnumerable<DoctorFinding> Judge(ReportedEdge edge)
    {
        var id = edge.Edge.Id.Value;
        var name = $"{edge.Edge.Name} ({id})";
        if (edge.LastContact is not { } contact)
        {
            yield return Warning(
                id,
                $"Edge {name} has never connected.",
                "Start tunnel-edge with its identifier; tunnel-edge doctor shows what fails"
            );
        }
        else if (edge.Presence == EdgePresence.Gone)
        {
            yield return Problem(
                id,
                $"Edge {name} is not connected; its last contact was at {contact:u}.",
                "Run tunnel-edge doctor on its host"
            );
        }
        else if (edge.Presence == EdgePresence.Unknown)
        {
            yield return Unknown(
                id,
                $"Whether edge {name} is connected is not known; its last contact was at {contact:u}.",
                "Run tunnel-edge doctor on its host"
            );
        }

        if (edge.Edge.DrainingAt is { } since)
        {
            yield return Warning(
                id,
                $"Edge {name} has been draining since {since:u}: it sends agents and clients elsewhere.",
                $"culvert edge resume {id}"
            );
        }

        if (Skew.Describe(ProgramVersion.Current, edge.Report?.Version) == Skew.Unsupported)
        {
            yield return Problem(
                id,
                $"Edge {name} runs version {edge.Report?.Version}, which does not work with {ProgramVersion.Current} of this service.",
                "Upgrade it: docs/upgrade.md"
            );
        }
    }
}
