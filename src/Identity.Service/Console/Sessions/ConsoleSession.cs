namespace Culvert.Identity.Service.Console.Sessions;

/// <summary>A person's session: a row that is found by the cookie's hash.</summary>
internal sealed record ConsoleSession
{
    public required string Id { get; init; }

    public required string OrganizationId { get; init; }

    /// <summary>The admin key that opened it; null = the identity provider authenticated the person.</summary>
    public string? AdminKeyId { get; init; }

    public string? Issuer { get; init; }

    public string? Subject { get; init; }

    /// <summary>Only for display.</summary>
    public required string Name { get; init; }

    /// <summary>Mapped from the provider's claims; empty for admin keys, whose scopes count.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>RFC 7638 thumbprint of the key that a command-line token is bound to; null = a browser's session.</summary>
    public string? KeyThumbprint { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the provider last confirmed person and roles (S32).</summary>
    public required DateTimeOffset ProvenAt { get; init; }

    /// <summary>With a precision of one minute.</summary>
    public required DateTimeOffset UsedAt { get; init; }

    /// <summary>The absolute expiry.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
