using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Authorization;

/// <summary>The members of RFC 7591 §2 that have an effect; a reader of its own reads them, because all others are ignored.</summary>
[SchemaOnly]
internal sealed record ClientRegistrationRequest
{
    /// <summary>
    /// 1–10: http on 127.0.0.1, [::1] or localhost, or https on a host that the operator permits. Compared byte for byte; the port of
    /// 127.0.0.1, [::1] and a localhost without one may differ.
    /// </summary>
    public required IReadOnlyList<string> RedirectUris { get; init; }

    /// <summary>1–100 visible characters.</summary>
    public string? ClientName { get; init; }

    /// <summary>Only <c>none</c>.</summary>
    public string? TokenEndpointAuthMethod { get; init; }

    /// <summary><c>authorization_code</c>, and <c>refresh_token</c> if wanted.</summary>
    public IReadOnlyList<string>? GrantTypes { get; init; }

    /// <summary>Only <c>code</c>.</summary>
    public IReadOnlyList<string>? ResponseTypes { get; init; }

    /// <summary>Whether the client's tokens must be bound to a key (RFC 9449 §5.2); default false.</summary>
    public bool? DpopBoundAccessTokens { get; init; }
}
