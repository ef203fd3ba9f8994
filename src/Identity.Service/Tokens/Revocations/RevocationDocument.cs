using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tokens.Revocations;

internal sealed record RevocationDocument
{
    public required string Id { get; init; }

    public string Type { get; init; } = "token_revocation";

    public required string Kind { get; init; }

    /// <summary>What is revoked: an id; <c>rule:version</c>; issuer and hash of a subject; empty for the organization.</summary>
    public required string Value { get; init; }

    /// <summary>Null = regardless of when the tokens were issued.</summary>
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset? IssuedBefore { get; init; }

    public required string Reason { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("created_by_actor_id")]
    public required string CreatedBy { get; init; }

    /// <summary>By then every affected token has expired; the revocation leaves the list.</summary>
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset EndsAt { get; init; }

    public static RevocationDocument Of(TokenRevocation revocation) =>
        new()
        {
            Id = revocation.Id.Value,
            Kind = revocation.Kind.Name(),
            Value = revocation.Value,
            IssuedBefore = revocation.Kind.KnowsTime()
                ? DateTimeOffset.FromUnixTimeSeconds(revocation.IssuedBefore)
                : null,
            Reason = revocation.Reason,
            CreatedAt = revocation.CreatedAt,
            CreatedBy = revocation.CreatedBy,
            EndsAt = revocation.EndsAt,
        };
}
