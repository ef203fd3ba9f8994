using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>
/// Body of <c>POST /v1/agent/approvals</c>: a call that needs a person's approval, with the values of only those
/// arguments that the rule shows.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CallApprovalRequest
{
    /// <summary>SHA-256, lower-case hex, over tunnel, call, arguments, caller, policy and pinned definition.</summary>
    public required string Binding { get; init; }

    /// <summary>Name of the route.</summary>
    public required string Route { get; init; }

    /// <summary>The server name that the client used.</summary>
    public required string Hostname { get; init; }

    /// <summary>JSON-RPC method.</summary>
    public required string Method { get; init; }

    /// <summary><c>tool</c>, <c>prompt</c> or <c>resource</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Name of the tool or prompt, or URI of the resource.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the rule that demands the approval.</summary>
    public required string Rule { get; init; }

    /// <summary>Issuer of the caller's token; empty when the route does not authenticate callers.</summary>
    public required string Issuer { get; init; }

    /// <summary>Subject of the caller's token; may be empty.</summary>
    public required string Subject { get; init; }

    /// <summary>Client of the caller's token; may be empty.</summary>
    public required string ClientId { get; init; }

    /// <summary>Version of the route's policy.</summary>
    public required string PolicyVersion { get; init; }

    /// <summary>Digest of the pinned definition; empty when nothing is pinned.</summary>
    public required string Pin { get; init; }

    /// <summary>How many different people must approve: 1 or 2.</summary>
    public required int Approvers { get; init; }

    /// <summary>Lifetime in seconds of a new request and of its approval: 60 to 86,400.</summary>
    public required int ExpiresIn { get; init; }

    /// <summary>The arguments that the approver sees.</summary>
    public required IReadOnlyList<CallApprovalArgument> Arguments { get; init; }
}
