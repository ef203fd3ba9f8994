using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>Tokens of one organization that are refused before they expire.</summary>
internal sealed record TokenRevocation
{
    /// <summary>For kinds without a time.</summary>
    public const long Always = long.MaxValue;

    public required TokenRevocationId Id { get; init; }

    public required string OrganizationId { get; init; }

    public required RevocationKind Kind { get; init; }

    /// <summary>See <see cref="TokenTraits.GetValue"/>.</summary>
    public required string Value { get; init; }

    /// <summary>Covers tokens issued at or before that second; <see cref="Always"/> = regardless of when.</summary>
    public required long IssuedBefore { get; init; }

    public required string Reason { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>By then every affected token has expired.</summary>
    public required DateTimeOffset EndsAt { get; init; }
}
