using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.People;

/// <param name="IssuerId">The person's identity provider, <c>fdis_…</c>.</param>
/// <param name="Subject">Their <c>sub</c> there, exactly.</param>
/// <param name="IssuedBefore">Tokens issued until then are refused; default: now.</param>
internal sealed record OffBoardPersonRequest(
    string IssuerId,
    string Subject,
    string Reason,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? IssuedBefore = null
);
