namespace Culvert.Identity.Service.Tunnels.Edges;

internal sealed record StoredEdgeReport(string EdgeId, DateTimeOffset At, string Body);
