using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>A caller of a route and its calls. Without a name if the route does not authenticate callers.</summary>
/// <param name="Names">How many different names it called.</param>
/// <param name="Denied">How many of the calls were denied or refused.</param>
internal sealed record CallerDocument(
    string TunnelId,
    string Route,
    string? Issuer,
    string? Subject,
    string? ClientId,
    long Names,
    long Calls,
    long Denied,
    DateTime FirstCalledAt,
    DateTime LastCalledAt
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "inventory_caller";
}
