namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>The criterion of a revocation. The set compares the value of each kind.</summary>
internal enum RevocationKind
{
    /// <summary>One token, by its <c>jti</c>.</summary>
    Token,

    /// <summary>All tokens derived from one assertion, including future ones.</summary>
    Family,

    /// <summary>All tokens that a rule granted, by <c>fdrl_…</c>.</summary>
    Rule,

    /// <summary>All tokens that one version of a rule granted: <c>fdrl_…:7</c>.</summary>
    RuleVersion,

    /// <summary>All tokens of a service account, by <c>svac_…</c>.</summary>
    Principal,

    /// <summary>All tokens derived from an issuer's assertions, by <c>fdis_…</c>.</summary>
    Issuer,

    /// <summary>All tokens of one subject at an issuer: <c>fdis_…:</c> and the subject's SHA-256.</summary>
    Subject,

    /// <summary>All tokens of the organization. No value.</summary>
    IssuedBefore,
}
