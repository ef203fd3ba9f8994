namespace Culvert.Tunnel.Agent.Telemetry;

/// <summary>How one call ended.</summary>
/// <param name="Time">When.</param>
/// <param name="Route">The route's name; empty when there was none.</param>
/// <param name="Status">What the upstream answered; 0 when it did not.</param>
/// <param name="Reason">Why the agent itself ended it; empty when it did not.</param>
internal sealed record RecentCall(DateTimeOffset Time, string Route, int Status, string Reason);
