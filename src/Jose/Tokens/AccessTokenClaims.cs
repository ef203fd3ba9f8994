namespace Culvert.Jose.Tokens;

/// <summary>What an access token of ours says: the claims of RFC 9068 §2.2 and five of our own.</summary>
public readonly record struct AccessTokenClaims
{
    /// <summary><c>iss</c>: the service's public URL.</summary>
    public required string Issuer { get; init; }

    /// <summary><c>sub</c>: the service account.</summary>
    public required string Subject { get; init; }

    /// <summary><c>aud</c>: the one resource it is for.</summary>
    public required string Audience { get; init; }

    /// <summary><c>client_id</c>: who asked for it.</summary>
    public required string ClientId { get; init; }

    /// <summary><c>iat</c>, seconds since 1970.</summary>
    public required long IssuedAt { get; init; }

    /// <summary><c>exp</c>, seconds since 1970.</summary>
    public required long ExpiresAt { get; init; }

    /// <summary><c>jti</c>: unique.</summary>
    public required string TokenId { get; init; }

    /// <summary><c>scope</c>: separated by spaces.</summary>
    public required string Scope { get; init; }

    /// <summary><c>rule</c>: the federation rule that granted it.</summary>
    public required string Rule { get; init; }

    /// <summary><c>rule_ver</c>: that rule's version at the time.</summary>
    public required int RuleVersion { get; init; }

    /// <summary><c>organization</c>.</summary>
    public required string Organization { get; init; }

    /// <summary><c>workspace</c>; absent if null.</summary>
    public string? Workspace { get; init; }
}
