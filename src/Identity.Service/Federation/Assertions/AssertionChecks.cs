using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// All checks before a token is minted, in order: the cheap ones, then the signature, then the claims. Single use is
/// decided last, with the commit.
/// </summary>
internal static class AssertionChecks
{
    /// <summary>
    /// What proves that the issuer states something about a person to the server that was asked. The rules are matched
    /// afterwards, because several of one issuer may apply.
    /// </summary>
    public static IAssertionCheck[] OfIdentityAssertion(
        Current<FederationOptions> options,
        Installation installation
    ) =>
        [
            new TokenIsWellFormed(),
            new TypeIsAllowed(IdentityAssertion.TokenType),
            new IssuerMatches(),
            new KeyIsKnown(),
            new SignatureHolds(),
            new TimesHold(options, IdentityAssertion.LongestLife),
            new SubjectIsPresent(),
            new AudienceIsServer(),
            new TokenIdIsUsable(isAlwaysSingleUse: true),
            new IssuedAfterRestore(installation.RestoredAt, isAlwaysSingleUse: true),
        ];

    public static IAssertionCheck[] InOrder(
        Current<FederationOptions> options,
        Installation installation,
        TenantStore tenants,
        InactivePeople inactive,
        IDirectoryGroups groups
    ) =>
        [
            // The state of the rule and the request.
            new RuleIsLive(),
            new OrganizationMatches(),
            new ServiceAccountIsExpected(),
            // The token's form (RFC 7515 §5.2, RFC 7519 §7.2, RFC 8725).
            new TokenIsWellFormed(),
            new TypeIsAllowed(),
            new IssuerMatches(),
            new KeyIsKnown(),
            new SignatureHolds(),
            // From here on the claims are the issuer's statement (RFC 7523 §3).
            new TimesHold(options),
            new SubjectIsPresent(),
            new PersonIsActive(inactive),
            new AudienceMatches(),
            new TokenIdIsUsable(),
            new IssuedAfterRestore(installation.RestoredAt),
            new SubjectMatches(),
            new GroupsAreRead(groups),
            new ClaimsMatch(),
            new WorkspaceIsCovered(tenants),
            new RoleAllows(),
        ];
}
