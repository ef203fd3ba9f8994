using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>A kind and its one member. <c>issued_before</c>, default now, narrows all but token and family.</summary>
/// <param name="TokenId"><c>token</c>: the <c>jti</c>.</param>
/// <param name="Family"><c>family</c>.</param>
/// <param name="RuleId"><c>rule</c>, <c>rule_version</c>.</param>
/// <param name="RuleVersion"><c>rule_version</c>.</param>
/// <param name="ServiceAccountId"><c>principal</c>: the service account.</param>
/// <param name="IssuerId"><c>issuer</c>, <c>subject</c>.</param>
/// <param name="Subject"><c>subject</c>: the assertion's <c>sub</c>, exactly.</param>
internal sealed record CreateRevocationRequest(
    string Kind,
    string? TokenId = null,
    string? Family = null,
    string? RuleId = null,
    int? RuleVersion = null,
    string? ServiceAccountId = null,
    string? IssuerId = null,
    string? Subject = null,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? IssuedBefore = null,
    string? Reason = null
)
{
    public const int MaxIdLength = 256;

    public const int MaxSubjectLength = 2048;
}
