using Culvert.Jose.Refusals;

namespace Culvert.Jose.Tokens;

/// <summary><c>act</c> (RFC 8693 §4.1).</summary>
/// <param name="Subject"><c>sub</c> of who acts.</param>
/// <param name="Issuer"><c>iss</c> of who acts; null = the token's own issuer.</param>
/// <param name="Actor">Who acted before, for information only; at most <see cref="JoseLimits.MaxActors"/> in all.</param>
public sealed record TokenActor(string Subject, string? Issuer = null, TokenActor? Actor = null);
