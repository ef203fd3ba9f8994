namespace Culvert.Identity.Service.Authorization;

/// <summary>A valid authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8707 §2, RFC 9449 §10).</summary>
internal sealed record AuthorizationRequest
{
    public required string ClientId { get; init; }

    public required string RedirectUri { get; init; }

    public required string Challenge { get; init; }

    public required string Resource { get; init; }

    /// <summary>Null = everything that a rule grants.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    public string? State { get; init; }

    /// <summary>The key that the code is bound to; null = the code is bound to no key.</summary>
    public string? KeyThumbprint { get; init; }
}
