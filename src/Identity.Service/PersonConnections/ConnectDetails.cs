namespace Culvert.Identity.Service.PersonConnections;

/// <summary>What the page of one connection shows to a person who signed in.</summary>
/// <param name="Path">Where the form goes.</param>
/// <param name="ListPath">The page with all connections of the person.</param>
/// <param name="Request">Sealed.</param>
/// <param name="Since">When the person connected; null = they did not.</param>
internal sealed record ConnectDetails(
    string Path,
    string ListPath,
    string Request,
    string Person,
    string ConnectionId,
    string Vendor,
    string VendorHost,
    string Route,
    string Tunnel,
    IReadOnlyList<string> Scopes,
    DateTimeOffset? Since
);
