namespace Culvert.Identity.Service.Tunnels.Edges;

/// <param name="Body">The report as JSON.</param>
internal sealed record StoredEdgeReport(string EdgeId, DateTimeOffset At, string Body);
