using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>What of an issuer is killed at present.</summary>
internal sealed record KilledDocument
{
    public required bool Issuer { get; init; }

    [JsonPropertyName("kids")]
    public required IReadOnlyList<string> KeyIds { get; init; }

    public required IReadOnlyList<string> Thumbprints { get; init; }

    /// <summary>When the key set was killed; null = it was not.</summary>
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset? KeySetKilledAt { get; init; }

    public static KilledDocument? Of(IssuerKill? kill) =>
        kill is null
            ? null
            : new KilledDocument
            {
                Issuer = kill.Issuer,
                KeyIds = [.. kill.KeyIds.Order(StringComparer.Ordinal)],
                Thumbprints = [.. kill.Thumbprints.Order(StringComparer.Ordinal)],
                KeySetKilledAt = kill.SetsBefore,
            };
}
