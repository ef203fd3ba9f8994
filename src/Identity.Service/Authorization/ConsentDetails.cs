namespace Culvert.Identity.Service.Authorization;

/// <summary>What the consent page shows.</summary>
internal sealed record ConsentDetails(
    string Path,
    string Request,
    string ClientName,
    string RedirectHost,
    string Resource,
    IReadOnlyList<string> Scopes,
    string Person
);
