namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>By what tokens are revoked. The value of each kind is what the set compares.</summary>
internal enum RevocationKind
{
    /// <summary>One token, by its <c>jti</c>.</summary>
    Token,

    /// <summary>All that go back to one assertion, those still to come included.</summary>
    Family,

    /// <summary>All that a rule granted, by <c>fdrl_…</c>.</summary>
    Rule,

    /// <summary>All that one version of a rule granted: <c>fdrl_…:7</c>.</summary>
    RuleVersion,

    /// <summary>All of a service account, by <c>svac_…</c>.</summary>
    Principal,

    /// <summary>All that go back to an issuer's assertions, by <c>fdis_…</c>.</summary>
    Issuer,

    /// <summary>All of one subject at an issuer: <c>fdis_…:</c> and the subject's SHA-256.</summary>
    Subject,

    /// <summary>All of the organization. No value.</summary>
    IssuedBefore,
}
