using System.Text.Json.Serialization;
using Culvert.Identity.Service.Ids;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>A token signing key on the wire: never its private half.</summary>
internal sealed record SigningKeyDocument
{
    /// <summary>The <c>kid</c>: the key's RFC 7638 thumbprint.</summary>
    public required string Id { get; init; }

    public string Type { get; init; } = "signing_key";

    public string Algorithm { get; init; } = "ES256";

    /// <summary><c>published</c>, <c>signing</c>, or <c>retiring</c>.</summary>
    public required string State { get; init; }

    public required string Custody { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset ActiveFrom { get; init; }

    /// <summary>If retiring: when the last token that it signed has expired.</summary>
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
