namespace Culvert.Platform.Wire;

/// <summary>Revokes tokens of a rule, account, issuer, subject or the organization that were issued up to a time.</summary>
/// <param name="Kind">
/// <c>rule</c>, <c>rule_version</c>, <c>principal</c>, <c>issuer</c>, <c>subject</c>, <c>issued_before</c>.
/// </param>
/// <param name="Value">An id, <c>rule:version</c> or <c>issuer:hash</c>; empty for the organization.</param>
/// <param name="IssuedBefore">Seconds since 1970: tokens whose <c>iat</c> is not later are refused.</param>
public sealed record AgentFeedTokenRevocation(string Kind, string Value, long IssuedBefore);
