namespace Culvert.Identity.Service.Federation.History;

/// <summary>What differs in a token that is for a person.</summary>
/// <param name="Subject">In the form of <c>PersonSubject</c>.</param>
/// <param name="ClientId">The client that the person uses.</param>
internal sealed record PersonGrant(string Subject, string ClientId);
