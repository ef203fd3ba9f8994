namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Why a public certificate was not had. Stable: <c>acme.</c> and the name in snake case.</summary>
internal enum AcmeReason
{
    /// <summary>The CA does not answer, or its address must not be fetched from (S27).</summary>
    Unreachable,

    /// <summary>What it answers is not what RFC 8555 says.</summary>
    AnswerInvalid,

    /// <summary>It refused fresh nonces time and again.</summary>
    BadNonce,

    /// <summary>It wants to be left alone for a while.</summary>
    RateLimited,

    /// <summary>It knows the account no more; a new one is made with the same key.</summary>
    AccountUnknown,

    /// <summary>The account was deactivated, revoked or not allowed to order.</summary>
    AccountRefused,

    /// <summary>It takes accounts only with an external binding, or refused the one that was given.</summary>
    ExternalAccount,

    /// <summary>Terms have changed, or a person must do something at the CA.</summary>
    UserActionRequired,

    /// <summary>It refused a contact.</summary>
    Contact,

    /// <summary>It does not certify that name.</summary>
    RejectedIdentifier,

    /// <summary>The CA's own check of CAA forbids it.</summary>
    CaaForbids,

    /// <summary>The CA could not connect to the name.</summary>
    Connection,

    /// <summary>The CA could not resolve the name.</summary>
    Dns,

    /// <summary>The CA met a failed handshake.</summary>
    Tls,

    /// <summary>The CA reached a server that did not show the challenge certificate.</summary>
    IncorrectResponse,

    /// <summary>It refused the certificate request.</summary>
    BadRequest,

    /// <summary>It has trouble of its own.</summary>
    ServerInternal,

    /// <summary>It refused in another way; its words say more.</summary>
    Refused,

    /// <summary>It offers no TLS-ALPN-01 for the name.</summary>
    NoChallenge,

    /// <summary>It was not finished in time.</summary>
    TimedOut,

    /// <summary>The certificate does not match the request.</summary>
    CertificateUnusable,

    /// <summary>The secret of the external account cannot be read.</summary>
    SecretUnavailable,

    /// <summary>The name has no CAA record, so any CA may certify it (S24).</summary>
    CaaMissing,

    /// <summary>Its CAA records let another CA issue, or not this one.</summary>
    CaaOtherAuthority,

    /// <summary>Its CAA record names no account, or another one (RFC 8657 §3).</summary>
    CaaAccount,

    /// <summary>Its CAA record leaves other validation methods open (RFC 8657 §4).</summary>
    CaaMethods,

    /// <summary>Its CAA set has a critical property that is not understood, or a value that cannot be read.</summary>
    CaaUnreadable,

    /// <summary>Its CAA records cannot be looked up.</summary>
    CaaLookup,

    /// <summary>Neither the directory nor the configuration says by which name the CA goes in CAA.</summary>
    CaaIdentity,

    /// <summary>Another agent of the tunnel is proving the name just now.</summary>
    ChallengeTaken,

    /// <summary>The service did not take the challenge.</summary>
    ChallengeRefused,

    /// <summary>Not all agents and edges took the challenge up in time (S25).</summary>
    ChallengeUnacknowledged,

    /// <summary>The agent's audit has no room, and what cannot be recorded is not ordered.</summary>
    AuditUnavailable,
}
