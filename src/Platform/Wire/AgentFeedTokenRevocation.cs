namespace Culvert.Platform.Wire;

/// <summary>Revokes tokens of a rule, account, issuer, subject or the organization that were issued up to a time.</summary>
public sealed record AgentFeedTokenRevocation
{
    /// <summary>
    /// <c>rule</c>, <c>rule_version</c>, <c>principal</c>, <c>issuer</c>, <c>subject</c>, <c>issued_before</c>.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>An id, <c>rule:version</c> or <c>issuer:hash</c>; empty for the organization.</summary>
    public required string Value { get; init; }

    /// <summary>Seconds since 1970: tokens whose <c>iat</c> is not later are refused.</summary>
    public required long IssuedBefore { get; init; }
}
