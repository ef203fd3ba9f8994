using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>How often something was called by name, and by whom last. Never what it was called with.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportUse
{
    [JsonPropertyName("route")]
    public required string Route { get; init; }

    /// <summary><c>tool</c>, <c>prompt</c>, <c>resource</c> or <c>method</c>.</summary>
    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary>Of a resource the scheme and host alone.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>By decision: <c>allow</c>, <c>deny</c>, <c>refuse</c>, <c>would_deny</c>, <c>would_refuse</c>; those that are 0 may be left out.</summary>
    [JsonPropertyName("decisions")]
    public required IReadOnlyDictionary<string, long> Decisions { get; init; }

    /// <summary>When it was last called, or appeared in a list.</summary>
    [JsonPropertyName("last_seen_at")]
    public required DateTime LastSeenAt { get; init; }

    /// <summary>Null: it only appeared in a list.</summary>
    [JsonPropertyName("last_called_at")]
    public required DateTime? LastCalledAt { get; init; }

    /// <summary>Who called last; null where the agent does not ask.</summary>
    [JsonPropertyName("last_caller")]
    public required AgentReportCaller? LastCaller { get; init; }

    /// <summary>Who called, since the report before; null from agents that do not say.</summary>
    [JsonPropertyName("callers")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AgentReportUseCaller>? Callers { get; init; }
}
