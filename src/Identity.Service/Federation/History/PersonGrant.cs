namespace Culvert.Identity.Service.Federation.History;

/// <summary>What differs in a token of an organization's authorization server, which is for a person.</summary>
/// <param name="Issuer">The issuer identifier of the organization's server.</param>
/// <param name="Subject">In the form of <c>PersonSubject</c>.</param>
/// <param name="ClientId">The client that the person allowed.</param>
internal sealed record PersonGrant(string Issuer, string Subject, string ClientId);
