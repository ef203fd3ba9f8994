using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Connector;

namespace Culvert.Tunnel.Agent.Doctor;

/// <summary>Whether a provider's connector can reach this agent, and the certificate that its clients receive.</summary>
internal static class ConnectorCheck
{
    public const string Id = "connector";

    /// <summary>Connects to each listener of the running agent, by a WebSocket with TLS inside it.</summary>
    public static async Task<DoctorFinding> RunAsync(
        AgentSettings settings,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var lines = new List<DoctorLine>();
        foreach (var tunnel in settings.Connectors)
        {
            var (works, line) = await ConnectorTrial.RunAsync(tunnel, time, cancellationToken);
            lines.Add(
                new DoctorLine(
                    works,
                    line,
                    "tunnel-agent health",
                    "Compare tunnel_domain and the certificate of the tunnel with what the provider shows: culvert provider setup --dry-run"
                )
            );
        }

        return Conclude(lines);
    }

    public static DoctorFinding Check(IReadOnlyList<ConnectorStatus> tunnels) =>
        Conclude([
            .. tunnels.Select(t => new DoctorLine(
                t.Problem is null,
                $"{t.Domain} at {t.Listen}: {t.Problem ?? $"the certificate expires {t.CertificateExpires:u}"}",
                $"tunnel-agent doctor --check {Id}"
            )),
        ]);

    private static DoctorFinding Conclude(List<DoctorLine> lines) =>
        lines.Count == 0
            ? DoctorFinding.Skip(Id, "No tunnel with a provider's connector is configured.")
            : DoctorFinding.FromEach(
                Id,
                lines,
                "Every listener for a connector serves TLS for its routes.",
                bad => $"{bad} of {lines.Count} listeners for connectors do not serve TLS for their routes.",
                "Calls that the provider's connector brings do not reach this agent's routes.",
                showsGood: true
            );
}
