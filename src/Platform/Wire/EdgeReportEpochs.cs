using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Epochs of the bundles in force at the edge.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EdgeReportEpochs(long Platform);
