using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>A principal by its names.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportCaller(string Issuer, string Subject, string ClientId);
