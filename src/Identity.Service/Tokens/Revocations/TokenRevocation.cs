using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>Tokens of one organization that are refused before their time.</summary>
internal sealed record TokenRevocation
{
    /// <summary>For kinds that know no time.</summary>
    public const long Always = long.MaxValue;

    public required TokenRevocationId Id { get; init; }

    public required string OrganizationId { get; init; }

    public required RevocationKind Kind { get; init; }

    /// <summary>As <see cref="TokenTraits.GetValue"/> gives it.</summary>
    public required string Value { get; init; }

    /// <summary>Tokens issued at or before that second are meant; <see cref="Always"/> = whenever.</summary>
    public required long IssuedBefore { get; init; }

    public required string Reason { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>Nothing that it concerns can live then.</summary>
    public required DateTimeOffset EndsAt { get; init; }
}
