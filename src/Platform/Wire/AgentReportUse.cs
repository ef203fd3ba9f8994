using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>How often an item was called by name, and the last caller. Never the arguments.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportUse
{
    public required string Route { get; init; }

    /// <summary><c>tool</c>, <c>prompt</c>, <c>resource</c> or <c>method</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The item's name; of a resource only scheme and host.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// <c>allow</c>, <c>deny</c>, <c>refuse</c>, <c>would_deny</c>, <c>would_refuse</c>; zeros may be omitted.
    /// </summary>
    public required IReadOnlyDictionary<string, long> Decisions { get; init; }

    /// <summary>When the item was last called, or appeared in a list.</summary>
    public required DateTime LastSeenAt { get; init; }

    /// <summary>Null: it only appeared in a list.</summary>
    public required DateTime? LastCalledAt { get; init; }

    /// <summary>The last caller; null when the route does not authenticate callers.</summary>
    public required AgentReportCaller? LastCaller { get; init; }

    /// <summary>The callers since the previous report; null from agents that do not send them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AgentReportUseCaller>? Callers { get; init; }
}
