using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>An agent that is connected to the edge.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EdgeReportAgent
{
    public required string TunnelId { get; init; }

    public required string InstanceId { get; init; }

    public required int Connections { get; init; }
}
