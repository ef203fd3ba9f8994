using Culvert.Jose.Refusals;

namespace Culvert.Jose.Tokens;

/// <summary><c>act</c> (RFC 8693 §4.1).</summary>
/// <param name="Subject">The actor's <c>sub</c>.</param>
/// <param name="Issuer">The actor's <c>iss</c>; null = the token's own issuer.</param>
/// <param name="Actor">The previous actor, for information only; at most <see cref="JoseLimits.MaxActors"/> in
/// total.</param>
public sealed record TokenActor(string Subject, string? Issuer = null, TokenActor? Actor = null);
