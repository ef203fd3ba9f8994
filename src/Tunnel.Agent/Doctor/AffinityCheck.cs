using Culvert.Platform.Doctor;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams.Stdio;

namespace Culvert.Tunnel.Agent.Doctor;

/// <summary>Whether routes have sessions although the edges spread a hostname's clients over agents (S29).</summary>
internal static class AffinityCheck
{
    public const string Id = "affinity";

    /// <param name="routes">Each route, with the result of its last probe.</param>
    public static DoctorFinding Check(
        AgentFeedTunnel? tunnel,
        IReadOnlyList<(string Name, UpstreamSettings Upstream, ProbeState State)> routes
    )
    {
        if (tunnel?.Affinity is not { } affinity)
        {
            return DoctorFinding.Skip(Id, "The service has not reported the tunnel's affinity.");
        }

        if (affinity != TunnelAffinity.Client)
        {
            return DoctorFinding.Pass(Id, $"Affinity {affinity}: all calls of a hostname reach the same agent.");
        }

        var (keeping, unknown) = (new List<string>(), new List<string>());
        foreach (var (name, upstream, state) in routes)
        {
            if (upstream is StdioSettings)
            {
                keeping.Add($"{name}: this agent runs the program and keeps its sessions");
            }
            else if (state.KeepsSessions == true)
            {
                keeping.Add($"{name}: the server keeps sessions (it returned Mcp-Session-Id)");
            }
            else if (state.KeepsSessions is null)
            {
                unknown.Add($"{name}: the probe did not show whether the server keeps sessions");
            }
        }

        return keeping.Count == 0
            ? DoctorFinding.Pass(Id, "Affinity client: no route is known to keep sessions.", unknown)
            : DoctorFinding.Warn(
                Id,
                $"{keeping.Count} of {routes.Count} routes keep sessions, and the tunnel has affinity client.",
                "With several agents, a client whose address or certificate changes reaches another agent. That agent does not have "
                    + "the session of a program, nor that of a server which only the first agent calls: the call fails with 404.",
                $"Ask an administrator to run: culvert tunnel update {tunnel.Id} --affinity hostname",
                "or serve these routes in a tunnel of their own (docs/edge.md, \"Several agents\")"
            ) with
            {
                Evidence = [.. keeping, .. unknown],
            };
    }
}
