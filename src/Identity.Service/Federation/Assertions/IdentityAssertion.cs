namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// An identity provider's statement to one authorization server that a person uses a client
/// (draft-ietf-oauth-identity-assertion-authz-grant-04).
/// </summary>
internal static class IdentityAssertion
{
    /// <summary>Its <c>typ</c> (§3.1).</summary>
    public const string TokenType = "oauth-id-jag+jwt";

    /// <summary>The name of the profile in the metadata of a server that accepts it (§7.2).</summary>
    public const string GrantProfile = "urn:ietf:params:oauth:grant-profile:id-jag";

    /// <summary>The longest <c>exp</c> − <c>iat</c>, whatever the issuer's record allows: it is used once, and at once.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(30);
}
