namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>An operator has disconnected an agent instance so many times.</summary>
internal sealed record AgentDisconnect(string TunnelId, string InstanceId, long Number);
