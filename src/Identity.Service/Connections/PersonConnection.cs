namespace Culvert.Identity.Service.Connections;

/// <summary>A live connection, and what a person allowed there. It has no token.</summary>
/// <param name="Tunnel">The name of the tunnel; its id if it has no name.</param>
/// <param name="VendorHost">Where people allow the access.</param>
/// <param name="Scopes">What the person allowed; if they are not connected, what they would be asked to allow.</param>
/// <param name="Since">When the person connected; null = they did not.</param>
/// <param name="UsedAt">When an agent last got the token; null = none did.</param>
/// <param name="RefreshFailedAt">When the last refresh failed; null after a success.</param>
internal sealed record PersonConnection(
    string Id,
    string Vendor,
    string VendorHost,
    string Route,
    string Tunnel,
    IReadOnlyList<string> Scopes,
    DateTimeOffset? Since,
    DateTimeOffset? UsedAt,
    DateTimeOffset? RefreshFailedAt
)
{
    public bool IsConnected => Since is not null;
}
