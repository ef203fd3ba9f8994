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
        var (good, bad, next) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var tunnel in settings.LongPolls)
        {
            var name = $"{tunnel.TunnelId} at {tunnel.BaseUrl.Authority}";
            var reply = await LongPollTrial.RunAsync(tunnel, settings.Identity.NetworkInForce, time, cancellationToken);
            if (reply.IsSuccess)
            {
                good.Add($"{name}: the key may use the tunnel");
            }
            else
            {
                bad.Add($"{name}: {reply.Describe()}");
                next.Add(
                    ControlErrors.FindRemedy(reply.Status, reply.Code)
                        ?? $"Check from this machine that {tunnel.BaseUrl.Authority} is reachable, and its status at the provider."
                );
            }
        }

        return Conclude(good, bad, next);
    }

    public static DoctorFinding Check(IReadOnlyList<LongPollStatus> tunnels) =>
        Conclude(
            [.. tunnels.Where(t => t.Problem is null).Select(t => $"{t.TunnelId} at {t.Host}: polls succeed")],
            [.. tunnels.Where(t => t.Problem is not null).Select(t => $"{t.TunnelId} at {t.Host}: {t.Problem}")],
            [$"tunnel-agent doctor --check {Id}"]
        );

    private static DoctorFinding Conclude(List<string> good, List<string> bad, List<string> next) =>
        good.Count + bad.Count == 0 ? DoctorFinding.Skip(Id, "No tunnel of another provider is configured.")
        : bad.Count == 0 ? DoctorFinding.Pass(Id, "Every control plane accepts this agent's polls.", good)
        : DoctorFinding.Fail(
            Id,
            $"{bad.Count} of {good.Count + bad.Count} control planes do not accept this agent's polls.",
            "Calls that reach the provider for these tunnels do not reach this agent.",
            [.. next.Distinct(StringComparer.Ordinal)]
        ) with
        {
            Evidence = [.. bad, .. good],
        };
}
