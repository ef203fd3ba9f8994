using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>An agent that is connected to the edge.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EdgeReportAgent(string TunnelId, string InstanceId, int Connections);
