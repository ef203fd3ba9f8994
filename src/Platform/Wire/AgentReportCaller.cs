using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>A principal by its names.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportCaller
{
    public required string Issuer { get; init; }

    public required string Subject { get; init; }

    public required string ClientId { get; init; }
}
