namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// Why an exchange was denied: for the authentication history and audit alone. The caller always gets the same answer.
/// </summary>
internal enum DenialReason
{
    /// <summary>The rule is archived.</summary>
    RuleArchived,

    /// <summary>The rule's issuer is archived.</summary>
    IssuerArchived,

    /// <summary>The rule's service account is archived.</summary>
    ServiceAccountArchived,

    /// <summary>The request names another organization than the rule's.</summary>
    OrganizationMismatch,

    /// <summary>The request expects another service account than the rule's.</summary>
    ServiceAccountMismatch,

    /// <summary>No JWT in a compact JWS as we accept it; the detail names the fault.</summary>
    TokenMalformed,

    /// <summary>The header's <c>alg</c> is absent, unsupported, not allowed, or not the key's.</summary>
    AlgNotAllowed,

    /// <summary>The header's <c>typ</c> says that the token is something else than an assertion.</summary>
    TypNotAllowed,

    /// <summary><c>iss</c> is absent or not byte for byte the registered issuer.</summary>
    IssuerMismatch,

    /// <summary>The header lacks <c>kid</c>.</summary>
    KidMissing,

    /// <summary>The issuer's keys do not contain this <c>kid</c>.</summary>
    KidUnknown,

    /// <summary>The issuer's keys could not be obtained, or are older than we may use.</summary>
    KeysUnavailable,

    /// <summary>The signature does not verify.</summary>
    SignatureInvalid,

    /// <summary><c>exp</c> is absent or not a whole number of seconds.</summary>
    ExpInvalid,

    /// <summary><c>iat</c> is absent or not a whole number of seconds.</summary>
    IatInvalid,

    /// <summary><c>nbf</c> is present but not a whole number of seconds.</summary>
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

    /// <summary><c>aud</c> is absent, of a wrong type, or has too many elements.</summary>
    AudienceInvalid,

    /// <summary><c>aud</c> does not contain the rule's audience.</summary>
    AudienceMismatch,

    /// <summary><c>sub</c> does not match the rule's subject, exact or prefix.</summary>
    MatchSubjectPrefix,

    /// <summary>A claim of the rule is absent or has another value; the detail names it.</summary>
    MatchClaims,

    /// <summary><c>jti</c> is present but not a string of 1 to 256 characters.</summary>
    JtiInvalid,

    /// <summary>A token with this <c>jti</c> was exchanged before.</summary>
    JtiReused,

    /// <summary>The rule covers several workspaces and the request names none.</summary>
    WorkspaceIdRequired,

    /// <summary>The rule does not cover the requested workspace.</summary>
    WorkspaceNotCovered,
}
