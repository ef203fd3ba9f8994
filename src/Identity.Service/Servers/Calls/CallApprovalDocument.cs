using System.Text.Json.Serialization;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>A request for the approval of a call.</summary>
/// <param name="State"><c>pending</c>, <c>approved</c>, <c>rejected</c>, <c>used</c> or <c>expired</c>.</param>
/// <param name="Kind"><c>tool</c>, <c>prompt</c> or <c>resource</c>.</param>
/// <param name="Rule">The rule of the agent's policy that requires the approval.</param>
/// <param name="Issuer">The issuer of the caller's token; empty if the route does not authenticate callers.</param>
/// <param name="Pin">The digest of the pinned definition; empty if nothing is pinned.</param>
/// <param name="Arguments">Arguments by value where the rule shows them; otherwise by type and length.</param>
/// <param name="Binding">SHA-256 over everything that the approval covers.</param>
/// <param name="Approvers">The number of different people who must approve.</param>
/// <param name="ApprovedBy">The people who have approved so far.</param>
/// <param name="RejectedBy">The person who rejected it; null if no person did.</param>
internal sealed record CallApprovalDocument(
    string Id,
    string TunnelId,
    string State,
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
    IReadOnlyList<CallApprovalArgument> Arguments,
    string Binding,
    int Approvers,
    IReadOnlyList<string> ApprovedBy,
    string? RejectedBy,
    string? Reason,
    DateTime CreatedAt,
    DateTime ExpiresAt,
    DateTime? DecidedAt,
    DateTime? UsedAt
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "call_approval";

    public static CallApprovalDocument From(CallApprovalRow row, DateTimeOffset now)
    {
        var call = row.Call;
        var isRejected = row.State == CallApprovalState.Rejected;
        return new(
            Id: row.Id,
            TunnelId: row.TunnelId,
            State: row.GetState(now),
            Route: call.Route,
            Hostname: call.Hostname,
            Method: call.Method,
            Kind: call.Kind,
            Name: call.Name,
            Rule: call.Rule,
            Issuer: call.Issuer,
            Subject: call.Subject,
            ClientId: call.ClientId,
            PolicyVersion: call.PolicyVersion,
            Pin: call.Pin,
            Arguments: call.Arguments,
            Binding: row.Binding,
            Approvers: (int)row.Approvers,
            ApprovedBy: [.. new[] { row.FirstBy, isRejected ? null : row.DecidedBy }.OfType<string>()],
            RejectedBy: isRejected ? row.DecidedBy : null,
            Reason: row.Reason,
            CreatedAt: Instants.FromStore(row.CreatedAtMs).UtcDateTime,
            ExpiresAt: Instants.FromStore(row.ExpiresAtMs).UtcDateTime,
            DecidedAt: Instants.FromStore(row.DecidedAtMs)?.UtcDateTime,
            UsedAt: Instants.FromStore(row.UsedAtMs)?.UtcDateTime
        );
    }
}
