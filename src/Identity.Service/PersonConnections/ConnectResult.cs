namespace Culvert.Identity.Service.PersonConnections;

/// <summary>What the page shows after the upstream's answer.</summary>
/// <param name="ListPath">The page with all connections of the person.</param>
internal sealed record ConnectResult(string Vendor, string ListPath);
