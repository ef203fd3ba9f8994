using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>
/// Body of <c>POST /v1/agent/approvals</c>: a call that needs a person's approval, with the values of only those
/// arguments that the rule shows.
/// </summary>
/// <param name="Binding">
/// SHA-256, lower-case hex, over tunnel, call, arguments, caller, policy and pinned definition.
/// </param>
/// <param name="Route">Name of the route.</param>
/// <param name="Hostname">The server name that the client used.</param>
/// <param name="Method">JSON-RPC method.</param>
/// <param name="Kind"><c>tool</c>, <c>prompt</c> or <c>resource</c>.</param>
/// <param name="Name">Name of the tool or prompt, or URI of the resource.</param>
/// <param name="Rule">Name of the rule that demands the approval.</param>
/// <param name="Issuer">Issuer of the caller's token; empty when the route does not authenticate callers.</param>
/// <param name="Subject">Subject of the caller's token; may be empty.</param>
/// <param name="ClientId">Client of the caller's token; may be empty.</param>
/// <param name="PolicyVersion">Version of the route's policy.</param>
/// <param name="Pin">Digest of the pinned definition; empty when nothing is pinned.</param>
/// <param name="Approvers">How many different people must approve: 1 or 2.</param>
/// <param name="ExpiresIn">Lifetime in seconds of a new request and of its approval: 60 to 86,400.</param>
/// <param name="Arguments">The arguments that the approver sees.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CallApprovalRequest(
    string Binding,
    string Route,
    string Hostname,
    string Method,
    string Kind,
    string Name,
    string Rule,
    string Issuer,
    string Subject,
    string ClientId,
    string PolicyVersion,
    string Pin,
    int Approvers,
    int ExpiresIn,
    IReadOnlyList<CallApprovalArgument> Arguments
);
