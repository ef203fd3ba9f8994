namespace Culvert.Identity.Service.Console.Sessions;

/// <summary>A person's session: a row of the store, found by the hash of the cookie.</summary>
internal sealed record ConsoleSession
{
    public required string Id { get; init; }

    public required string OrganizationId { get; init; }

    /// <summary>The admin key that opened it; null = an identity provider vouches for the person.</summary>
    public string? AdminKeyId { get; init; }

    public string? Issuer { get; init; }

    public string? Subject { get; init; }

    /// <summary>Shown; nothing is decided by it.</summary>
    public required string Name { get; init; }

    /// <summary>As the provider's claims gave them; none for admin keys, whose scopes count.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>
    /// RFC 7638 thumbprint of the key that its token is bound to: a sign-in at the command line. Null = a browser's.
    /// </summary>
    public string? KeyThumbprint { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the provider last vouched for person and roles (S32).</summary>
    public required DateTimeOffset ProvenAt { get; init; }

    /// <summary>To the minute.</summary>
    public required DateTimeOffset UsedAt { get; init; }

    /// <summary>Whatever happens.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
