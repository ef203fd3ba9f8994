namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Why no certificate was issued. The wire name is stable: <c>acme.</c> and the name in snake case.</summary>
internal enum AcmeReason
{
    /// <summary>The CA does not respond, or its address must not be fetched from (S27).</summary>
    Unreachable,

    /// <summary>The CA's response does not follow RFC 8555.</summary>
    AnswerInvalid,

    /// <summary>The CA refused fresh nonces repeatedly.</summary>
    BadNonce,

    /// <summary>The CA limits the rate of requests.</summary>
    RateLimited,

    /// <summary>The CA does not know the account any more; the agent creates a new one with the same key.</summary>
    AccountUnknown,

    /// <summary>The account was deactivated, revoked or not allowed to order.</summary>
    AccountRefused,

    /// <summary>The CA requires an external account binding, or refused the configured one.</summary>
    ExternalAccount,

    /// <summary>The terms have changed, or a person must act at the CA.</summary>
    UserActionRequired,

    Contact,

    /// <summary>The CA does not certify this name.</summary>
    RejectedIdentifier,

    /// <summary>The CA's own CAA check forbids the certificate.</summary>
    CaaForbids,

    /// <summary>The CA could not connect to the name.</summary>
    Connection,

    /// <summary>The CA could not resolve the name.</summary>
    Dns,

    /// <summary>The CA's TLS handshake with the name failed.</summary>
    Tls,

    /// <summary>The CA reached a server that did not show the challenge certificate.</summary>
    IncorrectResponse,

    BadRequest,

    /// <summary>The CA had an internal error.</summary>
    ServerInternal,

    /// <summary>The CA refused for another reason; the detail has its text.</summary>
    Refused,

    /// <summary>The CA offers no TLS-ALPN-01 challenge for the name.</summary>
    NoChallenge,

    /// <summary>The order did not complete in time.</summary>
    TimedOut,

    /// <summary>The certificate does not match the request.</summary>
    CertificateUnusable,

    SecretUnavailable,

    /// <summary>The name has no CAA record, so any CA may certify it (S24).</summary>
    CaaMissing,

    /// <summary>The CAA records of the name let another CA issue, or do not let this one.</summary>
    CaaOtherAuthority,

    /// <summary>The CAA record of the name has no account, or another one (RFC 8657 §3).</summary>
    CaaAccount,

    /// <summary>The CAA record of the name allows other validation methods (RFC 8657 §4).</summary>
    CaaMethods,

    /// <summary>The CAA set of the name has an unknown critical property, or a malformed value.</summary>
    CaaUnreadable,

    /// <summary>The CAA records of the name cannot be resolved.</summary>
    CaaLookup,

    /// <summary>Neither the directory nor the configuration has the CA's name for CAA records.</summary>
    CaaIdentity,

    /// <summary>Another agent of the tunnel has a challenge for the name in progress.</summary>
    ChallengeTaken,

    ChallengeRefused,

    /// <summary>Not all agents and edges acknowledged the challenge in time (S25).</summary>
    ChallengeUnacknowledged,

    /// <summary>The audit has no room, and the agent does not order what it cannot record.</summary>
    AuditUnavailable,
}
