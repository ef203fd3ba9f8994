namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>The failure to get a person's token that the person can end by connecting their account.</summary>
/// <param name="Page">Where they do that.</param>
internal sealed record MissingGrant(Uri Page, string Problem, DateTimeOffset EndsAt) : IssuedToken("", EndsAt, Problem);
