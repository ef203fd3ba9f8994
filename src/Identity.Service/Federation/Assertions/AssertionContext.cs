using System.Net;
using Culvert.Identity.Service.Federation.Explain;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Workspaces;
using Culvert.Jose.Keys;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// What the checks of one evaluation have found so far. A check may rely on the checks before it in
/// <see cref="AssertionChecks"/>.
/// </summary>
internal sealed class AssertionContext(ExchangeRequest request, CompiledRule rule, DateTimeOffset now)
{
    public ExchangeRequest Request => request;

    public CompiledRule Rule => rule;

    public DateTimeOffset Now => now;

    /// <summary>Null where it is not needed: the exchange, as long as it grants.</summary>
    public AssertionTrace? Trace { get; init; }

    /// <summary>
    /// There is no token, only claims: its form, type, key and signature are assumed to hold, and so is each of
    /// <c>iss</c>, <c>aud</c> and the times that the claims do not name.
    /// </summary>
    public bool IsClaimsOnly { get; private init; }

    /// <summary>Decided before, and evaluated once more for its trace: keys are neither looked up nor fetched again.</summary>
    public bool IsSecondLook { get; private init; }

    /// <summary>With claims only: past or future times do not count either, because the claims are of another day.</summary>
    public bool IgnoresClock { get; private init; }

    /// <summary>Set by <see cref="TokenIsWellFormed"/>; believed only once <see cref="IsProven"/>. Null with claims only.</summary>
    public SignedToken Token { get; private set; } = null!;

    /// <summary>The token's claims, or those that replace them.</summary>
    public ClaimSet Claims { get; private set; } = null!;

    /// <summary>Set by <see cref="KeyIsKnown"/>: what the issuer's keys answered, so that a trace does not ask again.</summary>
    public KeyLookup? KeyAnswer { get; set; }

    /// <summary>Set by <see cref="KeyIsKnown"/>.</summary>
    public VerificationKey Key { get; set; } = null!;

    /// <summary>The signature holds: from here on claims are the issuer's word, and a denial is audited.</summary>
    public bool IsProven { get; set; }

    /// <summary>Set by <see cref="TimesHold"/>, seconds since 1970.</summary>
    public long ExpiresAt { get; set; }

    /// <summary>Set by <see cref="SubjectIsPresent"/>.</summary>
    public string? Subject { get; set; }

    /// <summary>Set by <see cref="TokenIdIsUsable"/>; null = not checked for replay.</summary>
    public string? SingleUseId { get; set; }

    /// <summary>The claims' <c>jti</c>; null if they have none.</summary>
    public string? TokenId => SingleUseId ?? Claims.FindString("jti"u8);

    /// <summary>What the rule's version in audit makes of the same token; null when there is none.</summary>
    public CandidateTrial? Trial { get; set; }

    /// <summary>Set by <see cref="WorkspaceIsCovered"/>.</summary>
    public string? WorkspaceId { get; set; }

    /// <summary>Set by <see cref="RoleAllows"/>: what takes effect of the rule's scopes in that workspace.</summary>
    public GrantedScopes Granted { get; set; } = GrantedScopes.None;

    /// <summary>
    /// For simulations, rule tests and policy replay: what would become of a token with these claims that the issuer
    /// had signed properly?
    /// </summary>
    /// <param name="ignoresClock">The claims are of another day, or of none: their times are not compared with now.</param>
    public static AssertionContext OfClaims(
        ClaimSet claims,
        CompiledRule rule,
        DateTimeOffset now,
        bool ignoresClock = true,
        AssertionTrace? trace = null
    ) =>
        OfClaims(
            claims,
            new ExchangeRequest
            {
                Assertion = default,
                RuleId = rule.Rule.Id.Value,
                OrganizationId = rule.Rule.OrganizationId,
                RequestId = "",
                Source = IPAddress.None,
            },
            rule,
            now,
            ignoresClock,
            trace
        );

    /// <inheritdoc cref="OfClaims(ClaimSet, CompiledRule, DateTimeOffset, bool, AssertionTrace?)"/>
    public static AssertionContext OfClaims(
        ClaimSet claims,
        ExchangeRequest request,
        CompiledRule rule,
        DateTimeOffset now,
        bool ignoresClock = true,
        AssertionTrace? trace = null
    ) =>
        new(request, rule, now)
        {
            Claims = claims,
            IsClaimsOnly = true,
            IsProven = true,
            IgnoresClock = ignoresClock,
            Trace = trace,
        };

    /// <summary>The same question to another version of the rule; keys are not looked up again.</summary>
    public AssertionContext For(CompiledRule version) => new(request, version, now) { KeyAnswer = KeyAnswer };

    /// <summary>The same question once more, with a trace; keys are not looked up again.</summary>
    public AssertionContext Traced() =>
        new(request, rule, now)
        {
            Trace = new AssertionTrace(),
            KeyAnswer = KeyAnswer,
            IsSecondLook = true,
            IsClaimsOnly = IsClaimsOnly,
            IgnoresClock = IgnoresClock,
            Claims = IsClaimsOnly ? Claims : null!,
            IsProven = IsClaimsOnly,
        };

    public void SetToken(SignedToken token)
    {
        Token = token;
        Claims = token.Claims;
    }

    /// <summary>With claims only, what a token alone could show is taken for granted.</summary>
    public bool IsAssumed(IAssertionCheck check) =>
        IsClaimsOnly
        && check.Step switch
        {
            AssertionSteps.Parse or AssertionSteps.KeyLookup or AssertionSteps.Signature => true,
            AssertionSteps.IssuerLookup => !Claims.TryFind("iss"u8, out _),
            AssertionSteps.Audience => !Claims.TryFind("aud"u8, out _),
            AssertionSteps.Times => IgnoresClock,
            _ => false,
        };
}
