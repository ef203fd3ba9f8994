namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>How often an operator has disconnected an agent instance.</summary>
internal sealed record AgentDisconnect(string TunnelId, string InstanceId, long Number);
