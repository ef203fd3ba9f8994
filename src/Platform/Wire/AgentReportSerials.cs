using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Serials of the certificates in use at the agent.</summary>
/// <param name="Server">The inner-TLS leaf's serial; null until there is one.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportSerials(string Platform, string? Server);
