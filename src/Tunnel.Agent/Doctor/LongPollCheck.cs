using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.LongPoll;

namespace Culvert.Tunnel.Agent.Doctor;

/// <summary>Whether the control planes of other providers accept this agent's polls.</summary>
internal static class LongPollCheck
{
    public const string Id = "long_poll";

    /// <summary>Reads each tunnel with the key and certificate of the agent's polls; receives no calls.</summary>
    public static async Task<DoctorFinding> RunAsync(
        AgentSettings settings,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var lines = new List<DoctorLine>();
        foreach (var tunnel in settings.LongPolls)
        {
            var name = $"{tunnel.TunnelId} at {tunnel.BaseUrl.Authority}";
            var reply = await LongPollTrial.RunAsync(tunnel, settings.Identity.NetworkInForce, time, cancellationToken);
            lines.Add(
                reply.IsSuccess
                    ? new DoctorLine(true, $"{name}: the key may use the tunnel")
                    : new DoctorLine(
                        false,
                        $"{name}: {reply.Describe()}",
                        ControlErrors.FindRemedy(reply.Status, reply.Code)
                            ?? $"Check from this machine that {tunnel.BaseUrl.Authority} is reachable, and its status at the provider."
                    )
            );
        }

        return Conclude(lines);
    }

    public static DoctorFinding Check(IReadOnlyList<LongPollStatus> tunnels) =>
        Conclude([
            .. tunnels.Select(t => new DoctorLine(
                t.Problem is null,
                $"{t.TunnelId} at {t.Host}: {t.Problem ?? "polls succeed"}",
                $"tunnel-agent doctor --check {Id}"
            )),
        ]);

    private static DoctorFinding Conclude(List<DoctorLine> lines) =>
        lines.Count == 0
            ? DoctorFinding.Skip(Id, "No tunnel of another provider is configured.")
            : DoctorFinding.FromEach(
                Id,
                lines,
                "Every control plane accepts this agent's polls.",
                bad => $"{bad} of {lines.Count} control planes do not accept this agent's polls.",
                "Calls that reach the provider for these tunnels do not reach this agent.",
                showsGood: true
            );
}
