using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>A name on a route, its calls, and its last caller.</summary>
/// <param name="Answers">Null while no answer rule judged an answer.</param>
/// <param name="Sanctioned">The route was attested after the service first saw the name.</param>
internal sealed record InventoryDocument(
    string TunnelId,
    string Route,
    string Kind,
    string Name,
    long Allowed,
    long Denied,
    long Refused,
    long WouldDeny,
    long WouldRefuse,
    DateTime FirstSeenAt,
    DateTime LastSeenAt,
    DateTime? LastCalledAt,
    string? LastIssuer,
    string? LastSubject,
    string? LastClientId,
    bool Sanctioned,
    AnswerTotals? Answers
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "tunnel_inventory_entry";
}
