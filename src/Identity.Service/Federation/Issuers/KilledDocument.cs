using System.Text.Json.Serialization;
using Culvert.Platform.Issuers;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>What of an issuer is killed at present.</summary>
/// <param name="KeySetKilledAt">When the key set was killed; null = it was not.</param>
internal sealed record KilledDocument(
    bool Issuer,
    [property: JsonPropertyName("kids")] IReadOnlyList<string> KeyIds,
    IReadOnlyList<string> Thumbprints,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? KeySetKilledAt
)
{
    public static KilledDocument? From(IssuerKill? kill) =>
        kill is null
            ? null
            : new KilledDocument(
                Issuer: kill.Issuer,
                KeyIds: [.. kill.KeyIds.Order(StringComparer.Ordinal)],
                Thumbprints: [.. kill.Thumbprints.Order(StringComparer.Ordinal)],
                KeySetKilledAt: kill.SetsBefore
            );
}
