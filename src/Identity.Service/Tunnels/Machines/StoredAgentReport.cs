using System.Text.Json;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <param name="PeerSerial">The reporting certificate: the report acknowledges only for this one (S17).</param>
internal sealed record StoredAgentReport(string InstanceId, DateTimeOffset At, string PeerSerial, string Body)
{
    public AgentReport Read() => JsonSerializer.Deserialize(Body, WireJson.Default.AgentReport)!;
}
