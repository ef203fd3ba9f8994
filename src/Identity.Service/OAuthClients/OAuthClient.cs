namespace Culvert.Identity.Service.OAuthClients;

/// <summary>
/// A public client, which has no secret. Consent pages show the hosts of its redirect URIs, because a client chooses its own name.
/// </summary>
/// <param name="Name">Visible characters alone.</param>
/// <param name="RedirectUris">Each permitted by the rules of redirect URIs.</param>
internal sealed record OAuthClient(
    string ClientId,
    string Name,
    IReadOnlyList<string> RedirectUris,
    OAuthClientKind Kind
)
{
    /// <summary>An https URL; null = none.</summary>
    public string? LogoUri { get; init; }

    /// <summary>Whether the client's tokens must be bound to a key (RFC 9449 §5.2, dpop_bound_access_tokens).</summary>
    public bool RequiresDpop { get; init; }
}
