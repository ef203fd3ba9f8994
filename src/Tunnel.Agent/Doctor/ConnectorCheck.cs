using System.Globalization;
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
        var (good, bad) = (new List<string>(), new List<string>());
        foreach (var tunnel in settings.Connectors)
        {
            var result = await ConnectorTrial.RunAsync(tunnel, time, cancellationToken);
            (result.Works ? good : bad).Add(result.Line);
        }

        return Conclude(
            good,
            bad,
            "tunnel-agent health",
            "Compare tunnel_domain and the certificate of the tunnel with what the provider shows: culvert provider setup --dry-run"
        );
    }

    public static DoctorFinding Check(IReadOnlyList<ConnectorStatus> tunnels) =>
        Conclude(
            [.. tunnels.Where(t => t.Problem is null).Select(Describe)],
            [.. tunnels.Where(t => t.Problem is not null).Select(t => $"{t.Domain} at {t.Listen}: {t.Problem}")],
            $"tunnel-agent doctor --check {Id}"
        );

    private static string Describe(ConnectorStatus tunnel) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{tunnel.Domain} at {tunnel.Listen}: the certificate expires {tunnel.CertificateExpires:u}"
        );

    private static DoctorFinding Conclude(List<string> good, List<string> bad, params string[] next) =>
        good.Count + bad.Count == 0 ? DoctorFinding.Skip(Id, "No tunnel with a provider's connector is configured.")
        : bad.Count == 0 ? DoctorFinding.Pass(Id, "Every listener for a connector serves TLS for its routes.", good)
        : DoctorFinding.Fail(
            Id,
            $"{bad.Count} of {good.Count + bad.Count} listeners for connectors do not serve TLS for their routes.",
            "Calls that the provider's connector brings do not reach this agent's routes.",
            next
        ) with
        {
            Evidence = [.. bad, .. good],
        };
}
