using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>One kill in force.</summary>
/// <param name="Kid">Null if the kill is not for a single name.</param>
/// <param name="Thumbprints">
/// RFC 7638 thumbprints of the keys at the time of the kill: refused under every name.
/// </param>
internal sealed record KillDocument(
    string? Kid,
    bool KeySet,
    bool Issuer,
    IReadOnlyList<string> Thumbprints,
    string Reason,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset KilledAt,
    [property: JsonPropertyName("killed_by_actor_id")] string KilledBy
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "federation_issuer_kill";

    /// <summary>One document for each order in the lines.</summary>
    public static IReadOnlyList<KillDocument> From(IEnumerable<StoredKill> lines) =>
        [
            .. lines
                .GroupBy(line => line.Cause)
                .Select(order => (Head: order.Single(line => line.Kind != KillKind.Key), Lines: order))
                .Select(order => new KillDocument(
                    Kid: order.Head.Kind == KillKind.Kid ? order.Head.Value : null,
                    KeySet: order.Head.Kind == KillKind.KeySet,
                    Issuer: order.Head.Kind == KillKind.Issuer,
                    Thumbprints: [.. order.Lines.Where(l => l.Kind == KillKind.Key).Select(l => l.Value)],
                    Reason: order.Head.Reason,
                    KilledAt: order.Head.KilledAt,
                    KilledBy: order.Head.KilledBy
                )),
        ];
}
