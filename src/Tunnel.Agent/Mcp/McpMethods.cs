using System.Collections.Frozen;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>What the agent knows of MCP's methods, of both eras.</summary>
internal static class McpMethods
{
    public const string Initialize = "initialize";
    public const string Initialized = "notifications/initialized";
    public const string Cancelled = "notifications/cancelled";
    public const string Progress = "notifications/progress";
    public const string Ping = "ping";
    public const string Discover = "server/discover";
    public const string ListTools = "tools/list";
    public const string CallTool = "tools/call";
    public const string GetPrompt = "prompts/get";
    public const string ReadResource = "resources/read";
    public const string Complete = "completion/complete";
    public const string Listen = "subscriptions/listen";
    public const string UpdatedResource = "notifications/resources/updated";

    private const string Subscribe = "resources/subscribe";
    private const string Unsubscribe = "resources/unsubscribe";
    private const string Tasks = "tasks/";

    /// <summary>What a server asks of its client.</summary>
    public static readonly string[] Asks = ["sampling/createMessage", "elicitation/create", "roots/list"];

    // Without these no client gets as far as asking for something that rules name. Lists are filtered.
    private static readonly FrozenSet<string> Basic = new[]
    {
        Initialize,
        Initialized,
        Cancelled,
        Progress,
        Ping,
        Discover,
        ListTools,
        "prompts/list",
        "resources/list",
        "resources/templates/list",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Rules have to name them: they ask something of the client, outlive their call, or reveal names by the way.
    private static readonly FrozenSet<string> Chosen = new[] { Complete, Listen }
        .Concat(Asks)
        .ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Folded = Basic
        .Concat(Chosen)
        .Concat([CallTool, GetPrompt, ReadResource, Subscribe, Unsubscribe])
        .Select(MemberNames.Fold)
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether it is one of MCP's own, whatever the route makes of it.</summary>
    public static bool IsKnown(string method) =>
        Basic.Contains(method) || Chosen.Contains(method) || FindTarget(method, out _) is not null;

    /// <summary>
    /// Whether it is none of MCP's own, and a server could take it for one (<see cref="MemberNames"/>): what that one names
    /// would not be judged.
    /// </summary>
    public static bool IsVariant(string method)
    {
        if (IsKnown(method) || method.StartsWith(Tasks, StringComparison.Ordinal))
        {
            return false;
        }

        var folded = MemberNames.Fold(method);
        return Folded.Contains(folded) || folded.StartsWith(Tasks, StringComparison.Ordinal);
    }

    public static bool IsBasic(string method) => Basic.Contains(method);

    public static bool NeedsChoice(string method) =>
        Chosen.Contains(method) || method.StartsWith(Tasks, StringComparison.Ordinal);

    /// <summary>Whether revisions without sessions do not have it any more: a message of theirs with it names nothing.</summary>
    public static bool IsRemoved(string method) => method is Subscribe or Unsubscribe;

    /// <summary>Whether modern requests repeat the name in a header (M2).</summary>
    public static bool RepeatsName(string method) => method is CallTool or GetPrompt or ReadResource;

    public static bool IsList(string method) => method.EndsWith("/list", StringComparison.Ordinal);

    /// <summary>Whether its result has what a server tells every client about itself.</summary>
    public static bool IsGreeting(string method) => method is Initialize or Discover;

    /// <summary>What is called by name; null where the method itself is all that there is to allow.</summary>
    /// <param name="method">The method.</param>
    /// <param name="member">The parameter with the name.</param>
    public static TargetKind? FindTarget(string method, out string member)
    {
        (TargetKind? kind, member) = method switch
        {
            CallTool => (TargetKind.Tool, "name"),
            GetPrompt => (TargetKind.Prompt, "name"),
            ReadResource or Subscribe or Unsubscribe => (TargetKind.Resource, "uri"),
            _ => ((TargetKind?)null, ""),
        };
        return kind;
    }

    /// <summary>The method that uses what a list of this kind shows.</summary>
    public static string GetUseMethod(TargetKind kind) =>
        kind switch
        {
            TargetKind.Tool => CallTool,
            TargetKind.Prompt => GetPrompt,
            _ => ReadResource,
        };
}
