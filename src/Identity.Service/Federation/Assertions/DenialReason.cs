namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// Why an exchange was denied: for the authentication history and audit alone. The caller always gets the same answer.
/// </summary>
internal enum DenialReason
{
    /// <summary>The rule is archived.</summary>
    RuleArchived,

    /// <summary>The rule is switched off.</summary>
    RuleDisabled,

    /// <summary>The rule is a draft: it has never been in force.</summary>
    RuleDraft,

    /// <summary>The rule is being watched only; no version of it was ever in force.</summary>
    RuleAuditOnly,

    /// <summary>The rule waits for a second person's approval; no version of it was ever in force.</summary>
    RuleNotApproved,

    /// <summary>The rule's end has passed.</summary>
    RuleExpired,

    /// <summary>The rule's issuer is archived or disabled.</summary>
    IssuerDisabled,

    /// <summary>The rule's service account is archived.</summary>
    PrincipalDisabled,

    /// <summary>The request names another organization than the rule's.</summary>
    OrganizationMismatch,

    /// <summary>The request expects another service account than the rule's.</summary>
    ServiceAccountMismatch,

    /// <summary>Not a JWT in an accepted compact JWS; the detail names the error.</summary>
    TokenMalformed,

    /// <summary>The header's <c>alg</c> is absent, unsupported, not the issuer's, or not the key's.</summary>
    AlgNotAllowed,

    /// <summary>The header's <c>typ</c> says that the token is something else than an assertion.</summary>
    TypNotAllowed,

    /// <summary><c>iss</c> is absent or not byte for byte the registered issuer.</summary>
    IssuerUnknown,

    /// <summary>The header lacks <c>kid</c>.</summary>
    KidMissing,

    /// <summary>The issuer's keys do not contain this <c>kid</c>.</summary>
    KidUnknown,

    /// <summary>An administrator withdrew this key, its set or the issuer.</summary>
    KeyRevoked,

    /// <summary>The issuer's keys could not be obtained, or are older than we may use.</summary>
    KeysUnavailable,

    /// <summary>The signature does not verify.</summary>
    SignatureInvalid,

    /// <summary><c>exp</c> is absent or not a number of seconds.</summary>
    ExpInvalid,

    /// <summary><c>iat</c> is absent or not a number of seconds.</summary>
    IatInvalid,

    /// <summary><c>nbf</c> is present but not a number of seconds.</summary>
    NbfInvalid,

    /// <summary><c>exp</c> has passed, leeway included.</summary>
    TokenExpired,

    /// <summary><c>iat</c> lies in the future, beyond the leeway.</summary>
    IssuedInFuture,

    /// <summary><c>nbf</c> lies in the future, beyond the leeway.</summary>
    NotYetValid,

    /// <summary><c>exp</c> is not after <c>iat</c>.</summary>
    LifetimeInvalid,

    /// <summary><c>exp</c> − <c>iat</c> exceeds the issuer's maximum.</summary>
    LifetimeTooLong,

    /// <summary><c>sub</c> is absent, empty, too long or not printable ASCII.</summary>
    SubjectInvalid,

    /// <summary>The directory of the issuer deactivated or deleted this person by SCIM.</summary>
    PersonInactive,

    /// <summary><c>sub</c> belongs to another SPIFFE trust domain than the issuer's.</summary>
    TrustDomainMismatch,

    /// <summary><c>aud</c> is absent or of a wrong type.</summary>
    AudienceInvalid,

    /// <summary><c>aud</c> has several elements, and the issuer's record allows one.</summary>
    AudienceMultiple,

    /// <summary><c>aud</c> does not contain the rule's audience.</summary>
    AudienceMismatch,

    /// <summary><c>sub</c> does not match the rule's subject: exact, prefix or segments.</summary>
    MatchSubjectPrefix,

    /// <summary><c>sub</c> would match in the platform's other format: the platform changed how it writes subjects.</summary>
    SubjectFormatChanged,

    /// <summary>A claim of the rule is absent; the detail names it.</summary>
    ClaimMissing,

    /// <summary>A claim of the rule has another value or type; the detail names it.</summary>
    ClaimMismatch,

    /// <summary>The rule's condition is false for these claims.</summary>
    ConditionFalse,

    /// <summary>The rule's condition could not be evaluated for these claims: a missing claim, a type, the cost limit.</summary>
    CelError,

    /// <summary><c>jti</c> is present but not a string of 1 to 256 characters.</summary>
    JtiInvalid,

    /// <summary>A token with this <c>jti</c> was exchanged before.</summary>
    JtiReused,

    /// <summary>Another client exchanged the token: two clients have it.</summary>
    Replayed,

    /// <summary>The request contains a scope that the rule, or the exchanged Culvert token, does not have.</summary>
    ScopeNotGranted,

    /// <summary>The rule lists clients, and the one that requests the token is not among them.</summary>
    ClientNotAllowed,

    /// <summary>The request's resource or audience is neither this service nor below a tunnel of the rule.</summary>
    TargetNotAllowed,

    /// <summary>The rule grants bound tokens only, and the request proved no key of that kind.</summary>
    BindingRequired,

    /// <summary>The exchanged Culvert token is bound to a key that the request did not prove.</summary>
    BindingMismatch,

    /// <summary>The subject token is not of the type in the request.</summary>
    TokenTypeMismatch,

    /// <summary>The exchanged Culvert token was granted by another rule than the request names.</summary>
    RuleMismatch,

    /// <summary>The exchanged Culvert token was revoked, or its grant is no longer in force.</summary>
    TokenRevoked,

    /// <summary>The actor token is not a valid Culvert access token; the detail names the error.</summary>
    ActorInvalid,

    /// <summary>Neither the rule nor the token allows this actor to act for this subject.</summary>
    ActorNotAllowed,

    /// <summary>The actor is the subject itself, or acts for it already.</summary>
    ActorLoop,

    /// <summary>The chain of actors would be longer than two.</summary>
    ActorTooDeep,

    /// <summary>
    /// The token is older than the restore of this installation from a backup: whether it was used since the backup is not
    /// known here.
    /// </summary>
    IssuedBeforeRestore,

    /// <summary>The rule covers several workspaces and the request names none.</summary>
    WorkspaceIdRequired,

    /// <summary>The rule does not cover the requested workspace.</summary>
    WorkspaceNotCovered,

    /// <summary>No rule has this id. In simulations, and as the coarse word for all states of a rule.</summary>
    RuleNotFound,

    /// <summary>Simulation only: several rules with different grants would accept the token.</summary>
    AmbiguousRule,

    /// <summary>The service account has no role in the workspace that lets any of the rule's scopes take effect.</summary>
    RoleInsufficient,
}
