using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Machines;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status;

/// <summary>A page of the tunnels with their readiness, and which of them need attention.</summary>
internal sealed class TunnelSurvey(TunnelStore tunnels, TunnelEdges edges, TunnelReadiness readiness)
    : StatusFindings("tunnels")
{
    public const string List = "status";

    public async ValueTask<(Page<TunnelStatusDocument> Shown, IReadOnlyList<DoctorFinding> Found)> ReadAsync(
        Caller caller,
        PageRequest page,
        CancellationToken cancellationToken
    )
    {
        var rows = await tunnels.ListAsync(caller.OrganizationId, caller.WorkspaceId, page, cancellationToken);
        var cut = page.Cut(rows, tunnel => tunnel.Ordinal);
        var relays = await edges.ReadAsync(cancellationToken);
        var shown = new List<TunnelStatusDocument>();
        foreach (var tunnel in cut.Data)
        {
            shown.Add(await readiness.FindAsync(tunnel, relays, cancellationToken));
        }

        return (
            new Page<TunnelStatusDocument>(Data: shown, NextPage: cut.NextPage),
            [
                .. shown.SelectMany(Judge),
                shown.Count == 0
                    ? Ok($"There is no tunnel.")
                    : Ok($"Calls get through {Plural.Format(shown.Count, "tunnel")}."),
            ]
        );
    }

    private IEnumerable<DoctorFinding> Judge(TunnelStatusDocument tunnel)
    {
        var name = $"{tunnel.DisplayName ?? tunnel.Domain} ({tunnel.TunnelId})";
        if (tunnel.State != TunnelState.Ready && !tunnel.Problems.Contains(TunnelProblem.Archived))
        {
            var reasons = string.Join(' ', tunnel.Problems.Select(TunnelProblem.Explain));
            var next = $"culvert tunnel status {tunnel.TunnelId}";
            yield return tunnel.State switch
            {
                TunnelState.Unknown => Unknown(
                    tunnel.TunnelId,
                    $"Whether calls get through tunnel {name} is not known. {reasons}",
                    next
                ),
                TunnelState.NotSetUp => Warning(
                    tunnel.TunnelId,
                    $"Tunnel {name} is not set up: no agent has enrolled. {reasons}",
                    next
                ),
                _ when tunnel.Problems is [TunnelProblem.Paused] => Warning(
                    tunnel.TunnelId,
                    $"Tunnel {name} is paused: edges refuse its clients.",
                    $"culvert tunnel resume {tunnel.TunnelId}"
                ),
                _ => Problem(tunnel.TunnelId, $"Calls do not get through tunnel {name}. {reasons}", next),
            };
        }

        if (tunnel.AgentsFailing > 0)
        {
            yield return Warning(
                tunnel.TunnelId,
                $"{tunnel.AgentsFailing} of {Plural.Format(tunnel.AgentsLive, "live agent")} of tunnel {name} report failed checks.",
                $"culvert doctor --tunnel {tunnel.TunnelId}"
            );
        }
    }
}
