using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>How often an item was called by name, and the last caller. Never the arguments.</summary>
/// <param name="Kind"><c>tool</c>, <c>prompt</c>, <c>resource</c> or <c>method</c>.</param>
/// <param name="Name">The item's name; of a resource only scheme and host.</param>
/// <param name="Decisions">
/// <c>allow</c>, <c>deny</c>, <c>refuse</c>, <c>would_deny</c>, <c>would_refuse</c>; zeros may be omitted.
/// </param>
/// <param name="LastSeenAt">When the item was last called, or appeared in a list.</param>
/// <param name="LastCalledAt">Null: it only appeared in a list.</param>
/// <param name="LastCaller">The last caller; null when the route does not authenticate callers.</param>
/// <param name="Callers">The callers since the previous report; null from agents that do not send them.</param>
/// <param name="Answers">
/// What answer rules did since the previous report; null if none judged an answer, and from agents that do not send it.
/// </param>
/// <param name="LastShownAt">
/// When the item was last in a list that a caller got; null if the policy hid it from all of them, and from agents that do not send
/// it.
/// </param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportUse(
    string Route,
    string Kind,
    string Name,
    IReadOnlyDictionary<string, long> Decisions,
    DateTime LastSeenAt,
    DateTime? LastCalledAt,
    AgentReportCaller? LastCaller,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<AgentReportUseCaller>? Callers = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AgentReportAnswers? Answers = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTime? LastShownAt = null
);
