using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tokens.Revocations;

/// <param name="Value">
/// What is revoked: an id; <c>rule:version</c>; issuer and hash of a subject; empty for the organization.
/// </param>
/// <param name="IssuedBefore">Null = regardless of when the tokens were issued.</param>
/// <param name="EndsAt">By then every affected token has expired; the revocation leaves the list.</param>
internal sealed record RevocationDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string Kind,
    string Value,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? IssuedBefore,
    string Reason,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("created_by_actor_id")] string CreatedBy,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset EndsAt
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "token_revocation";

    public static RevocationDocument From(TokenRevocation revocation) =>
        new(
            Id: revocation.Id.Value,
            Kind: revocation.Kind.Name(),
            Value: revocation.Value,
            IssuedBefore: revocation.Kind.KnowsTime()
                ? DateTimeOffset.FromUnixTimeSeconds(revocation.IssuedBefore)
                : null,
            Reason: revocation.Reason,
            CreatedAt: revocation.CreatedAt,
            CreatedBy: revocation.CreatedBy,
            EndsAt: revocation.EndsAt
        );
}
