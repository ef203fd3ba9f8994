using System.Collections.Frozen;
using Culvert.Platform.Mcp;

namespace Culvert.Tunnel.Agent.Mcp;

internal static class McpMethods
{
    public const string Initialize = ClientMessages.InitializeMethod;
    public const string Initialized = ClientMessages.InitializedMethod;
    public const string Cancelled = "notifications/cancelled";
    public const string Progress = "notifications/progress";
    public const string Ping = "ping";
    public const string Discover = ClientMessages.DiscoverMethod;
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

    /// <summary>Requests of a server to its client.</summary>
    public static readonly string[] ServerRequests = ["sampling/createMessage", "elicitation/create", "roots/list"];

    // Without these no client reaches anything that rules can list. Lists are filtered.
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

    // Rules have to list these: they send requests to the client, outlive their call, or reveal names as a side effect.
    private static readonly FrozenSet<string> Chosen = new[] { Complete, Listen }
        .Concat(ServerRequests)
        .ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Folded = Basic
        .Concat(Chosen)
        .Concat([CallTool, GetPrompt, ReadResource, Subscribe, Unsubscribe])
        .Select(MemberNames.Fold)
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether it is a method of MCP, allowed or not.</summary>
    public static bool IsKnown(string method) =>
        Basic.Contains(method) || Chosen.Contains(method) || FindTarget(method, out _) is not null;

    /// <summary>Whether a server could mistake it for a method of MCP (<see cref="MemberNames"/>).</summary>
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

    public static bool NeedsChoice(string method) => Chosen.Contains(method) || IsTask(method);

    public static bool IsTask(string method) => method.StartsWith(Tasks, StringComparison.Ordinal);

    /// <summary>Whether revisions without sessions have removed it: a modern message with it has no target.</summary>
    public static bool IsRemoved(string method) => method is Subscribe or Unsubscribe;

    /// <summary>Whether modern requests repeat the target's name in a header (M2).</summary>
    public static bool RepeatsName(string method) => method is CallTool or GetPrompt or ReadResource;

    /// <summary>Whether its result is what the caller asked the server for, so that answer rules judge it.</summary>
    public static bool HasAnswer(string method) => method is CallTool or GetPrompt or ReadResource or Complete;

    public static bool IsList(string method) => method.EndsWith("/list", StringComparison.Ordinal);

    /// <summary>Whether the result describes the server itself to every client.</summary>
    public static bool IsGreeting(string method) => method is Initialize or Discover;

    /// <summary>Returns the kind of target; null where rules allow only the method as a whole.</summary>
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

    /// <summary>The method that uses the entries of a list of this kind.</summary>
    public static string GetUseMethod(TargetKind kind) =>
        kind switch
        {
            TargetKind.Tool => CallTool,
            TargetKind.Prompt => GetPrompt,
            _ => ReadResource,
        };
}
