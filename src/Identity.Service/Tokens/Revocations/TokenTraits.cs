using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>What a token, or one about to be minted, may be revoked by. A null property matches nothing.</summary>
internal readonly record struct TokenTraits
{
    public required string OrganizationId { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required long IssuedAt { get; init; }

    /// <summary>
    /// When the identity provider issued the assertion of a token about to be minted: who is revoked must not get a new
    /// token for an old assertion. Null for minted tokens.
    /// </summary>
    public long? AssertionIssuedAt { get; init; }

    public string? TokenId { get; init; }

    public string? Family { get; init; }

    public string? RuleId { get; init; }

    public int? RuleVersion { get; init; }

    /// <summary><c>svac_…</c></summary>
    public string? Principal { get; init; }

    public string? IssuerId { get; init; }

    /// <summary>SHA-256 of the subject at the issuer, base64url.</summary>
    public string? SubjectHash { get; init; }

    public static TokenTraits From(in AccessTokenClaims claims) =>
        new()
        {
            OrganizationId = claims.Organization,
            IssuedAt = claims.IssuedAt,
            TokenId = claims.TokenId,
            Family = claims.Family,
            RuleId = claims.Rule,
            RuleVersion = claims.RuleVersion,
            Principal = claims.Subject,
            IssuerId = claims.Source?.IssuerId,
            SubjectHash = claims.Source?.SubjectHash,
        };

    /// <summary>Returns the traits of the access token that a machine enrolled with.</summary>
    public static TokenTraits From(string organizationId, EnrollmentProof proof) =>
        new()
        {
            OrganizationId = organizationId,
            IssuedAt = proof.TokenIssuedAt,
            TokenId = proof.TokenId,
            Family = proof.TokenFamily,
            RuleId = proof.RuleId,
            RuleVersion = proof.RuleVersion,
            Principal = proof.ServiceAccountId,
            IssuerId = proof.IssuerId,
            SubjectHash = proof.SubjectHash,
        };

    /// <summary>The value to search for; null if nothing of that kind can match.</summary>
    public string? GetValue(RevocationKind kind) =>
        kind switch
        {
            RevocationKind.Token => TokenId,
            RevocationKind.Family => Family,
            RevocationKind.Rule => RuleId,
            RevocationKind.RuleVersion => RuleId is null ? null : RuleVersionValue(RuleId, RuleVersion ?? 0),
            RevocationKind.Principal => Principal,
            RevocationKind.Issuer => IssuerId,
            RevocationKind.Subject => IssuerId is null || SubjectHash is null
                ? null
                : SubjectValue(IssuerId, SubjectHash),
            _ => "",
        };

    /// <summary>The time that a revocation of that kind covers or not.</summary>
    public long GetIssuedAt(RevocationKind kind) =>
        kind == RevocationKind.Subject ? AssertionIssuedAt ?? IssuedAt : IssuedAt;

    public static string RuleVersionValue(string ruleId, int version) => $"{ruleId}:{version}";

    public static string SubjectValue(string issuerId, string subjectHash) => $"{issuerId}:{subjectHash}";

    /// <summary>The parts of a value of two parts; the second is empty for any other value.</summary>
    public static (string First, string Second) SplitValue(string value)
    {
        var separator = value.IndexOf(':', StringComparison.Ordinal);
        return separator < 0 ? (value, "") : (value[..separator], value[(separator + 1)..]);
    }
}
