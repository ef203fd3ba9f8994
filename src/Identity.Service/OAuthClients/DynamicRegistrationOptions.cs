namespace Culvert.Identity.Service.OAuthClients;

/// <summary>Registration by the clients (RFC 7591), which needs no credential.</summary>
internal sealed record DynamicRegistrationOptions
{
    /// <summary>Whether clients may register, and whether those that did are accepted.</summary>
    public bool Enabled { get; init; }

    /// <summary>
    /// Hosts to which an https redirect URI of such a client may lead: exact names, or <c>*.example.com</c> for all names below a
    /// domain. Loopback addresses are always permitted.
    /// </summary>
    public IReadOnlyList<string> RedirectHosts { get; init; } = [];

    /// <summary>The maximum number of such clients of one organization, without the archived ones.</summary>
    public int MaxClients { get; init; } = 10_000;

    /// <summary>A client without a grant is removed after this time without a sign-in.</summary>
    public TimeSpan UnusedAfter { get; init; } = TimeSpan.FromDays(30);
}
