using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Answers;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// A request under a policy, from its admission to its record: what the checks found, and what they acquired for it.
/// </summary>
internal sealed class PolicyCall(Exchange exchange, ServedRoute served, ModeStrategy mode, long startedAt)
{
    private PageDialogue? dialogue; // null until it is read

    public Exchange Exchange => exchange;

    public ServedRoute Served => served;

    public RoutePolicy Policy => served.Route.Policy;

    public ModeStrategy Mode => mode;

    /// <summary>Whether the request is for the MCP endpoint, the only path that a policy can judge.</summary>
    public bool IsEndpoint { get; } = McpEndpoint.IsEndpoint(exchange.Target, served.Resource.Path);

    public long StartedAt => startedAt;

    /// <summary>The description of the call. <see cref="CallDescription.AddOutcome"/> adds the outcome.</summary>
    public required CallRecord Record { get; init; }

    /// <summary>False if the trail had no room, so that the record counts as lost.</summary>
    public required bool HasPlace { get; init; }

    /// <summary>Derives the key of masks that are hashes; null if the agent has none.</summary>
    public required Func<string, byte[]>? DeriveKey { get; init; }

    /// <summary>The message, once it may be judged; null until then, and for requests without one.</summary>
    public McpMessage? Message { get; set; }

    /// <summary>Whether the message is of a revision without sessions.</summary>
    public bool IsModern { get; set; }

    /// <summary>Null if no rule needs the arguments. They can be read while the checks run.</summary>
    public CallArguments? Arguments { get; set; }

    /// <summary>Null if the request was not judged.</summary>
    public Decision? Decision { get; set; }

    /// <summary>The rule that allows the call; null if none does.</summary>
    public PolicyRule? Rule => Decision is { IsAllowed: true } decision ? decision.Rule : null;

    public RuleLimits Limits => Rule?.Limits ?? RuleLimits.None;

    /// <summary>What the call and its repetition have in common; null if its answer needs no approval.</summary>
    public CallIdentity? Identity { get; set; }

    /// <summary>The approved finding that the caller gets instead of a call of the server; null for none.</summary>
    public HeldFinding? Delivered { get; set; }

    /// <summary>Why the call must not be made; null if all checks passed.</summary>
    public Objection? Objection { get; set; }

    public LimitCount? Lease { get; set; }

    /// <summary>The ticket of the approval that the rule requires; empty without one.</summary>
    public string Approval { get; set; } = "";

    /// <summary>The rules for its answer; null if none judge it.</summary>
    public AnswerShape? Answer { get; set; }

    public AnswerFilter? Filter { get; set; }

    /// <summary>Why the answer ended, if the client could still be told when it did; otherwise null.</summary>
    public Failure? AnswerFailure { get; set; }

    /// <summary>
    /// Whether the answer may be a list, or contain pinned instructions. A stream without a message may answer any
    /// request: it has the server's own messages, or missed answers.
    /// </summary>
    public bool HasLists =>
        Message is null
            ? Objection is null
            : McpMethods.IsList(Message.Method) || (Policy.Pins is not null && McpMethods.IsGreeting(Message.Method));

    /// <summary>
    /// The client's part of the dialogue about the approval page. Its answer to the agent is taken out of the message.
    /// </summary>
    public PageDialogue ReadDialogue()
    {
        if (dialogue is { } read)
        {
            return read;
        }

        var hasPage =
            Rule?.Approval?.Page is not null || Answer?.Approvals.Any(a => a.Approval.Page is not null) == true;
        var found = IsModern && hasPage ? PageDialogue.Read(Message!, ApprovalTicket.AnswerMember) : default;
        if (found is { HasAnswer: true, IsDeclined: false })
        {
            Message = exchange.HeldBody!.Replace(PageDialogue.RemoveAnswer(Message!));
        }

        dialogue = found;
        return found;
    }

    /// <summary>Releases what counts as a running call.</summary>
    public void Release()
    {
        if (Lease is not null)
        {
            Policy.Limits.Release(Lease);
            Lease = null;
        }
    }
}
