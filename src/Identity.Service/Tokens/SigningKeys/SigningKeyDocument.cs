using System.Text.Json.Serialization;
using Culvert.Identity.Service.Ids;
using Culvert.Jose.Algorithms;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>
/// A token signing key on the wire: never its private half. Keys with ES256 sign access tokens, keys with RS256 assertions
/// for upstreams.
/// </summary>
/// <param name="Id">The <c>kid</c>: the key's RFC 7638 thumbprint.</param>
/// <param name="State"><c>published</c>, <c>signing</c>, or <c>retiring</c>.</param>
/// <param name="RetiresAt">If retiring: when the last token that it signed has expired.</param>
internal sealed record SigningKeyDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string State,
    string Custody,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset CreatedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset ActiveFrom,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? RetiresAt
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "signing_key";

    [JsonPropertyOrder(-1)]
    public required string Algorithm { get; init; }

    public static IReadOnlyList<SigningKeyDocument> From(SigningKeySet set, DateTimeOffset now)
    {
        var signer = set.Keys.Count > 0 ? set.SignerAt(now) : null;
        return
        [
            .. set
                .Keys.Select(
                    (key, i) =>
                        new SigningKeyDocument(
                            Id: key.KeyId,
                            State: key.KeyId == signer!.KeyId ? "signing"
                                : key.ActiveFrom > now ? "published"
                                : "retiring",
                            Custody: WireNames.Get(key.Custody),
                            CreatedAt: key.CreatedAt,
                            ActiveFrom: key.ActiveFrom,
                            RetiresAt: i + 1 < set.Keys.Count
                                ? set.Keys[i + 1].ActiveFrom + AccessTokenFactory.LongestLife
                                : null
                        )
                        {
                            Algorithm = key.Key.Algorithm.Name(),
                        }
                )
                .Reverse(),
        ];
    }
}
