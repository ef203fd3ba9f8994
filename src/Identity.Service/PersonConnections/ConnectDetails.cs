namespace Culvert.Identity.Service.PersonConnections;

/// <summary>What the page shows to a person who signed in.</summary>
/// <param name="Path">Where the form goes.</param>
/// <param name="Since">When the person connected; null = they did not.</param>
internal sealed record ConnectDetails(
    string Path,
    string Request,
    string Person,
    string Vendor,
    string VendorHost,
    string Route,
    string Tunnel,
    IReadOnlyList<string> Scopes,
    DateTimeOffset? Since
);
