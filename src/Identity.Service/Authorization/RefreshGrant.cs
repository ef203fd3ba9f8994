namespace Culvert.Identity.Service.Authorization;

/// <summary>What a person allowed a client at one route.</summary>
internal sealed record RefreshGrant
{
    public required string Id { get; init; }

    public required string OrganizationId { get; init; }

    public required string IssuerId { get; init; }

    public required SignedInPerson Person { get; init; }

    public required byte[] RefreshKey { get; init; }

    public required string ClientId { get; init; }

    public required string Resource { get; init; }

    /// <summary>Separated by spaces.</summary>
    public required string Scope { get; init; }

    public required string RuleId { get; init; }

    public required string Family { get; init; }

    /// <summary>The key that its tokens are bound to; null = none.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>The number of the valid refresh token; 0 = the code has not been redeemed.</summary>
    public long Generation { get; init; }

    public required DateTimeOffset SignedInAt { get; init; }

    public required DateTimeOffset IdleUntil { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public override string ToString() => $"{nameof(RefreshGrant)} {Id}";
}
