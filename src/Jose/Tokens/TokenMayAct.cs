namespace Culvert.Jose.Tokens;

/// <summary><c>may_act</c> (RFC 8693 §4.4): the only party that may act for the subject. Both null = no party.</summary>
/// <param name="Issuer">The party's <c>iss</c>.</param>
/// <param name="Subject">The party's <c>sub</c>.</param>
public sealed record TokenMayAct(string? Issuer, string? Subject)
{
    public static TokenMayAct Nobody { get; } = new(null, null);
}
