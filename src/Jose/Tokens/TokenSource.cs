namespace Culvert.Jose.Tokens;

/// <summary>
/// <c>src</c>: the assertion that the first token of a family was granted for. Hashes, so that a token does not reveal the
/// workload's name to every resource.
/// </summary>
public sealed record TokenSource
{
    /// <summary><c>iss</c>: the ID of the issuer's registration.</summary>
    public required string IssuerId { get; init; }

    /// <summary><c>sub</c>: SHA-256 of the assertion's subject, base64url.</summary>
    public required string SubjectHash { get; init; }

    /// <summary><c>jti</c>: SHA-256 of the assertion's token id, base64url; absent if null.</summary>
    public string? TokenIdHash { get; init; }

    /// <summary><c>root_exp</c>, seconds since 1970: no token of the family outlives it.</summary>
    public required long RootExpiresAt { get; init; }
}
