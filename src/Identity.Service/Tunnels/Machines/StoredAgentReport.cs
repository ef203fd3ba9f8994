using System.Text.Json;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <param name="PeerSerial">Of the certificate that it came in by: only for that one does it acknowledge anything (S17).</param>
/// <param name="Body">The report as JSON.</param>
internal sealed record StoredAgentReport(string InstanceId, DateTimeOffset At, string PeerSerial, string Body)
{
    public AgentReport Read() => JsonSerializer.Deserialize(Body, WireJson.Default.AgentReport)!;
}
