namespace Culvert.Identity.Service.Authorization;

/// <summary>What is recorded of a proven identity assertion.</summary>
/// <param name="IssuerId">The record of the identity provider.</param>
/// <param name="AssertionId">Its <c>jti</c>, bounded; null if it had none.</param>
internal sealed record PresentedAssertion(string OrganizationId, string IssuerId, string ClientId, string? AssertionId)
{
    /// <summary>Null if it was denied before they were read.</summary>
    public IdentityAssertionTerms? Terms { get; init; }
}
