namespace Culvert.Jose.Tokens;

/// <summary>
/// <c>may_act</c> (RFC 8693 §4.4): the only party that may act for the token's subject. Both null = none may.
/// </summary>
/// <param name="Issuer"><c>iss</c> of that party.</param>
/// <param name="Subject"><c>sub</c> of that party.</param>
public sealed record TokenMayAct(string? Issuer, string? Subject)
{
    /// <summary>A restriction that no party satisfies.</summary>
    public static TokenMayAct Nobody { get; } = new(null, null);
}
