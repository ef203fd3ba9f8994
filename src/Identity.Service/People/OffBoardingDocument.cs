using System.Text.Json.Serialization;
using Culvert.Identity.Service.Ids;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.People;

/// <param name="Id">The revocation of the person's tokens.</param>
/// <param name="SubjectHash">SHA-256 of the subject, base64url.</param>
/// <param name="IssuedBefore">Tokens issued until then are refused.</param>
/// <param name="Effects">How many ended, for each kind of access besides tokens.</param>
internal sealed record OffBoardingDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string IssuerId,
    string SubjectHash,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset IssuedBefore,
    Dictionary<string, int> Effects
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "off_boarding";

    public static OffBoardingDocument From(OffBoarding done, PersonKey person) =>
        new(
            Id: done.RevocationId,
            IssuerId: person.IssuerId,
            SubjectHash: Sha256Text.ToBase64Url(person.Subject),
            IssuedBefore: done.IssuedBefore,
            Effects: new(done.Effects)
        );
}
