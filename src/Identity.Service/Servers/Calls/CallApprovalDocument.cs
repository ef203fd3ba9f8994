using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>A request for the approval of a call.</summary>
internal sealed record CallApprovalDocument
{
    public string Type { get; } = "call_approval";

    public required string Id { get; init; }

    public required string TunnelId { get; init; }

    /// <summary><c>pending</c>, <c>approved</c>, <c>rejected</c>, <c>used</c> or <c>expired</c>.</summary>
    public required string State { get; init; }

    public required string Route { get; init; }

    public required string Hostname { get; init; }

    public required string Method { get; init; }

    /// <summary><c>tool</c>, <c>prompt</c> or <c>resource</c>.</summary>
    public required string Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>The rule of the agent's policy that requires the approval.</summary>
    public required string Rule { get; init; }

    /// <summary>The issuer of the caller's token; empty if the route does not authenticate callers.</summary>
    public required string Issuer { get; init; }

    public required string Subject { get; init; }

    public required string ClientId { get; init; }

    public required string PolicyVersion { get; init; }

    /// <summary>The digest of the pinned definition; empty if nothing is pinned.</summary>
    public required string Pin { get; init; }

    /// <summary>Arguments by value where the rule shows them; otherwise by type and length.</summary>
    public required IReadOnlyList<CallApprovalArgument> Arguments { get; init; }

    /// <summary>SHA-256 over everything that the approval covers.</summary>
    public required string Binding { get; init; }

    /// <summary>The number of different people who must approve.</summary>
    public required int Approvers { get; init; }

    /// <summary>The people who have approved so far.</summary>
    public required IReadOnlyList<string> ApprovedBy { get; init; }

    /// <summary>The person who rejected it; null if no person did.</summary>
    public required string? RejectedBy { get; init; }

    public required string? Reason { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime ExpiresAt { get; init; }

    public required DateTime? DecidedAt { get; init; }

    public required DateTime? UsedAt { get; init; }

    public static CallApprovalDocument From(CallApprovalRow row, DateTimeOffset now)
    {
        var call = row.Call;
        var isRejected = row.State == CallApprovalState.Rejected;
        return new()
        {
            Id = row.Id,
            TunnelId = row.TunnelId,
            State = row.GetState(now),
            Route = call.Route,
            Hostname = call.Hostname,
            Method = call.Method,
            Kind = call.Kind,
            Name = call.Name,
            Rule = call.Rule,
            Issuer = call.Issuer,
            Subject = call.Subject,
            ClientId = call.ClientId,
            PolicyVersion = call.PolicyVersion,
            Pin = call.Pin,
            Arguments = call.Arguments,
            Binding = row.Binding,
            Approvers = (int)row.Approvers,
            ApprovedBy = [.. new[] { row.FirstBy, isRejected ? null : row.DecidedBy }.OfType<string>()],
            RejectedBy = isRejected ? row.DecidedBy : null,
            Reason = row.Reason,
            CreatedAt = Instants.FromStore(row.CreatedAtMs).UtcDateTime,
            ExpiresAt = Instants.FromStore(row.ExpiresAtMs).UtcDateTime,
            DecidedAt = Instants.FromStore(row.DecidedAtMs)?.UtcDateTime,
            UsedAt = Instants.FromStore(row.UsedAtMs)?.UtcDateTime,
        };
    }
}
