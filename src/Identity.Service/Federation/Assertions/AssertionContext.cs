using System.Net;
using System.Text;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Identity.Service.Federation.Workspaces;
using Culvert.Jose.Keys;
using Culvert.Jose.Tokens;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// The results of one evaluation's checks. A check may rely on earlier ones in <see cref="AssertionChecks"/>.
/// </summary>
internal sealed class AssertionContext(ExchangeRequest request, CompiledRule rule, DateTimeOffset now)
{
    public ExchangeRequest Request => request;

    public CompiledRule Rule => rule;

    public DateTimeOffset Now => now;

    /// <summary>What <c>aud</c> must contain: the rule's audience, else the server that was asked.</summary>
    public byte[] Audience =>
        request.Server is { } server && rule.Rule.Match.Audience is null
            ? Encoding.UTF8.GetBytes(server)
            : rule.Audience;

    /// <summary>Null where no trace is needed: in an exchange that grants.</summary>
    public AssertionTrace? Trace { get; init; }

    /// <summary>
    /// There are claims but no token: its form, type, key and signature are assumed to be valid, and so are <c>iss</c>,
    /// <c>aud</c> and the times if the claims lack them.
    /// </summary>
    public bool IsClaimsOnly { get; private init; }

    /// <summary>Evaluates a decided request again for its trace: keys are neither looked up nor fetched again.</summary>
    public bool IsSecondLook { get; private init; }

    /// <summary>With claims only: their times are not compared with now, because they are of another day.</summary>
    public bool IgnoresClock { get; private init; }

    /// <summary>With claims only: the audience was checked already, against the client that requested the token.</summary>
    public bool IgnoresAudience { get; init; }

    /// <summary>Set by <see cref="TokenIsWellFormed"/>, trusted once <see cref="IsProven"/>; null for claims.</summary>
    public SignedToken Token { get; private set; } = null!;

    /// <summary>The token's claims, or with claims only, those.</summary>
    public ClaimSet Claims { get; private set; } = null!;

    /// <summary>Set by <see cref="KeyIsKnown"/>: the result of the key lookup, so that a trace does not repeat it.</summary>
    public KeyLookup? KeyAnswer { get; set; }

    public VerificationKey Key { get; set; } = null!;

    /// <summary>The signature was verified: the claims are the issuer's statement, and a denial is audited.</summary>
    public bool IsProven { get; set; }

    /// <summary>Set by <see cref="TimesHold"/>, seconds since 1970.</summary>
    public long ExpiresAt { get; set; }

    public string? Subject { get; set; }

    /// <summary>Set by <see cref="GroupsAreRead"/>, unless given; null if the rule does not read them.</summary>
    public PersonGroups? Groups { get; set; }

    /// <summary>Set by <see cref="TokenIdIsUsable"/>; null if the token is not checked for replay.</summary>
    public string? SingleUseId { get; set; }

    public string? TokenId => SingleUseId ?? Claims.FindString("jti"u8);

    /// <summary>The result of the rule's version in audit for the same token; null if there is none.</summary>
    public CandidateTrial? Trial { get; set; }

    public string? WorkspaceId { get; set; }

    /// <summary>Set by <see cref="RoleAllows"/>: the rule's scopes that take effect in that workspace.</summary>
    public GrantedScopes Granted { get; set; } = GrantedScopes.None;

    /// <summary>Evaluates claims as if the issuer had signed them, for simulations, rule tests and policy replay.</summary>
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

    /// <summary>Evaluates the id_token of a person whose sign-in was verified, for the client of this service.</summary>
    public static AssertionContext ForPerson(
        ClaimSet claims,
        ExchangeRequest request,
        CompiledRule rule,
        DateTimeOffset now
    ) =>
        new(request, rule, now)
        {
            Claims = claims,
            IsClaimsOnly = true,
            IsProven = true,
            IgnoresClock = true,
            IgnoresAudience = rule.Rule.Match.Audience is null,
        };

    /// <summary>The same request for another version of the rule; keys are not looked up again.</summary>
    public AssertionContext For(CompiledRule version) => new(request, version, now) { KeyAnswer = KeyAnswer };

    /// <summary>The same request with a trace; keys are not looked up again.</summary>
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
            Groups = Groups,
        };

    public void SetToken(SignedToken token)
    {
        Token = token;
        Claims = token.Claims;
    }

    /// <summary>With claims only, checks that need a token are assumed to pass.</summary>
    public bool IsAssumed(IAssertionCheck check) =>
        IsClaimsOnly
        && check.Step switch
        {
            AssertionSteps.Parse or AssertionSteps.KeyLookup or AssertionSteps.Signature => true,
            AssertionSteps.IssuerLookup => !Claims.TryFind("iss"u8, out _),
            AssertionSteps.Audience => IgnoresAudience || !Claims.TryFind("aud"u8, out _),
            AssertionSteps.Times => IgnoresClock,
            _ => false,
        };
}
