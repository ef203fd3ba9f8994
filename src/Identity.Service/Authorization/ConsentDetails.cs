namespace Culvert.Identity.Service.Authorization;

/// <summary>What the consent page shows.</summary>
/// <param name="Tools">Of the route, as far as its agents reported calls that its policy allowed.</param>
/// <param name="IsRegistered">Whether an administrator gave the client its name; if not, the client chose it.</param>
internal sealed record ConsentDetails(
    string Path,
    string Request,
    string ClientName,
    bool IsRegistered,
    string RedirectHost,
    string Resource,
    IReadOnlyList<string> Scopes,
    RouteTools Tools,
    string Person
);
