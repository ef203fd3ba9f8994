namespace Culvert.Identity.Service.People;

/// <summary>A person at an identity provider of an organization.</summary>
/// <param name="IssuerId">The record of the identity provider, <c>fdis_…</c>.</param>
/// <param name="Subject">Their <c>sub</c> there, exactly.</param>
internal sealed record PersonKey(string OrganizationId, string IssuerId, string Subject);
