namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>Why an exchange was denied, for history and audit only: the caller always gets the same answer.</summary>
internal enum DenialReason
{
    RuleArchived,

    RuleDisabled,

    /// <summary>The rule is a draft: it has never been in force.</summary>
    RuleDraft,

    /// <summary>Every version of the rule was in audit only; none was ever in force.</summary>
    RuleAuditOnly,

    RuleExpired,

    /// <summary>The rule's issuer is archived or disabled.</summary>
    IssuerDisabled,

    /// <summary>The rule's service account is archived.</summary>
    PrincipalDisabled,

    OrganizationMismatch,

    ServiceAccountMismatch,

    /// <summary>Not a JWT in an accepted compact JWS; the detail names the error.</summary>
    TokenMalformed,

    /// <summary>The header's <c>alg</c> is absent, unsupported, not the issuer's, or not the key's.</summary>
    AlgNotAllowed,

    /// <summary>The header's <c>typ</c> is not that of an assertion.</summary>
    TypNotAllowed,

    /// <summary><c>iss</c> is absent or not byte for byte the registered issuer.</summary>
    IssuerUnknown,

    KidMissing,

    KidUnknown,

    /// <summary>An administrator revoked this key, its key set or the issuer.</summary>
    KeyRevoked,

    /// <summary>The issuer's keys could not be fetched, or are older than the service may use.</summary>
    KeysUnavailable,

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

    ConditionFalse,

    /// <summary>The rule's condition could not be evaluated for these claims: a missing claim, a type, the cost limit.</summary>
    CelError,

    /// <summary><c>jti</c> is present but not a string of 1 to 256 characters.</summary>
    JtiInvalid,

    JtiReused,

    /// <summary>Another client exchanged the token: two clients have it.</summary>
    Replayed,

    /// <summary>The request contains a scope that the rule, or the exchanged Culvert token, does not have.</summary>
    ScopeNotGranted,

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

    /// <summary>Issued before this installation was restored from a backup: earlier use is not known.</summary>
    IssuedBeforeRestore,

    WorkspaceIdRequired,

    WorkspaceNotCovered,

    /// <summary>No rule has this id. In simulations, and as the coarse reason for all states of a rule.</summary>
    RuleNotFound,

    /// <summary>Simulation only: several rules with different grants would accept the token.</summary>
    AmbiguousRule,

    /// <summary>The service account has no role in the workspace that lets any of the rule's scopes take effect.</summary>
    RoleInsufficient,
}
