using System.Text.Json.Serialization;
using Culvert.Identity.Service.Ids;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>A token signing key on the wire: never its private half.</summary>
internal sealed record SigningKeyDocument
{
    /// <summary>The <c>kid</c>: the key's RFC 7638 thumbprint.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; init; } = "signing_key";

    [JsonPropertyName("algorithm")]
    public string Algorithm { get; init; } = "ES256";

    /// <summary><c>published</c>, <c>signing</c>, or <c>retiring</c>.</summary>
    [JsonPropertyName("state")]
    public required string State { get; init; }

    [JsonPropertyName("custody")]
    public required string Custody { get; init; }

    [JsonPropertyName("created_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("active_from")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset ActiveFrom { get; init; }

    /// <summary>If retiring: when the last token that it signed has expired.</summary>
    [JsonPropertyName("retires_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset? RetiresAt { get; init; }

    public static IReadOnlyList<SigningKeyDocument> Of(SigningKeySet set, DateTimeOffset now)
    {
        var signer = set.SignerAt(now);
        return
        [
            .. set
                .Keys.Select(
                    (key, i) =>
                        new SigningKeyDocument
                        {
                            Id = key.KeyId,
                            State =
                                key.KeyId == signer.KeyId ? "signing"
                                : key.ActiveFrom > now ? "published"
                                : "retiring",
                            Custody = WireNames.Of(key.Custody),
                            CreatedAt = key.CreatedAt,
                            ActiveFrom = key.ActiveFrom,
                            RetiresAt =
                                i + 1 < set.Keys.Count
                                    ? set.Keys[i + 1].ActiveFrom + SigningKeyPlan.LongestTokenLife
                                    : null,
                        }
                )
                .Reverse(),
        ];
    }
}
