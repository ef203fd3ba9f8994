using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Epochs of the bundles in force at the agent.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportEpochs(long Platform, long TrustBundle);
