using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Connections;

/// <summary>What a person allowed at the upstream of a connection.</summary>
internal sealed record ConnectionGrant
{
    public required ConnectionGrantId Id { get; init; }

    public required ConnectionId ConnectionId { get; init; }

    public required string OrganizationId { get; init; }

    public required ConnectionPerson Person { get; init; }

    public required string AccessToken { get; init; }

    /// <summary>Null = the upstream gave none.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>Separated by spaces.</summary>
    public required string Scope { get; init; }

    /// <summary>Counts refreshes.</summary>
    public long Generation { get; init; }

    /// <summary>When the person's identity provider confirmed who they are.</summary>
    public required DateTimeOffset SignedInAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null = the access token does not expire.</summary>
    public DateTimeOffset? TokenExpiresAt { get; init; }

    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>Until then one request refreshes it. In the past: that request ended without a result.</summary>
    public DateTimeOffset? RefreshingUntil { get; init; }

    public DateTimeOffset? RefreshFailedAt { get; init; }

    /// <summary>Since when it waits for its revocation at the upstream; null = it is live.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public string? EndReason { get; init; }

    public long RevokeAttempts { get; init; }

    public bool IsValidAt(DateTimeOffset moment) => TokenExpiresAt is not { } end || end > moment;

    // Tokens and subject must not reach a log.
    public override string ToString() => $"{nameof(ConnectionGrant)} {Id}";
}
