using System.Text.Json.Serialization;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.People;

/// <param name="Id">The revocation of the person's tokens.</param>
/// <param name="SubjectHash">SHA-256 of the subject, base64url: the audit has the subject.</param>
/// <param name="IssuedBefore">Tokens issued until then are refused.</param>
/// <param name="EndsAt">By then every token that it covers has expired; the person leaves the list.</param>
internal sealed record OffBoardedPersonDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string IssuerId,
    string SubjectHash,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset IssuedBefore,
    string Reason,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("created_by_actor_id")] string CreatedBy,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset EndsAt
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "off_boarded_person";

    public static OffBoardedPersonDocument From(TokenRevocation revocation)
    {
        var (issuerId, subjectHash) = TokenTraits.SplitValue(revocation.Value);
        return new OffBoardedPersonDocument(
            Id: revocation.Id.Value,
            IssuerId: issuerId,
            SubjectHash: subjectHash,
            IssuedBefore: DateTimeOffset.FromUnixTimeSeconds(revocation.IssuedBefore),
            Reason: revocation.Reason,
            CreatedAt: revocation.CreatedAt,
            CreatedBy: revocation.CreatedBy,
            EndsAt: revocation.EndsAt
        );
    }
}
