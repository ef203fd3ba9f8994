namespace Culvert.Identity.Service.OAuthClients;

/// <param name="Name">What people see when they consent: 1–100 visible characters.</param>
/// <param name="RedirectUris">1–20, compared byte for byte; the port of 127.0.0.1, [::1] and a localhost without one may differ.</param>
/// <param name="RequireDpop">Whether the client's tokens must be bound to a key (RFC 9449); default false.</param>
internal sealed record CreateOAuthClientRequest(
    string Name,
    IReadOnlyList<string> RedirectUris,
    bool RequireDpop = false
);
