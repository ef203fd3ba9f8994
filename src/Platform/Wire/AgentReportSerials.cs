using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Serials of the certificates in use at the agent.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportSerials
{
    public required string Platform { get; init; }

    /// <summary>The inner-TLS leaf's serial; null until there is one.</summary>
    public required string? Server { get; init; }
}
