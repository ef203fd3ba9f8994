using System.Text.Json;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams.Compose;

/// <summary>The tools of other routes, as the caller of a composed tool may call them.</summary>
internal interface IMemberCalls
{
    /// <summary>Whether the pinned definition of the tool says that it only reads. Unknown tools may write.</summary>
    bool IsReadOnly(ComposeStep step);

    /// <summary>Calls a tool under the member's own rules. Calls of one composed tool may overlap.</summary>
    /// <param name="arguments">A JSON object.</param>
    Task<MemberAnswer> CallAsync(ComposeStep step, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken);
}

/// <param name="Result">The result of <c>tools/call</c>; undefined with a failure.</param>
/// <param name="Failure">The code of what went wrong, such as <c>policy.arguments</c>; null if the tool answered.</param>
internal readonly record struct MemberAnswer(JsonElement Result, string? Failure)
{
    /// <summary>The member's request for approval that a person has to decide, or has rejected; null in all others.</summary>
    public ApprovalTicket? Ticket { get; init; }

    /// <summary>Where the caller connects an account that the member's server needs; null in all other cases.</summary>
    public Uri? ConnectPage { get; init; }

    /// <summary>The tool itself reported an error. Its text stays inside.</summary>
    public const string ToolError = "tool_error";

    public static MemberAnswer Failed(string code) => new(default, code);
}
