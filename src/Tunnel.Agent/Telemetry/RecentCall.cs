namespace Culvert.Tunnel.Agent.Telemetry;

/// <param name="Route">The route's name; empty without a route.</param>
/// <param name="Status">The upstream's status; 0 without a response.</param>
/// <param name="Reason">Why the agent itself ended the call; empty otherwise.</param>
internal sealed record RecentCall(DateTimeOffset Time, string Route, int Status, string Reason);
