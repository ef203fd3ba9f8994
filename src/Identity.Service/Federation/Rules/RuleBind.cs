namespace Culvert.Identity.Service.Federation.Rules;

internal enum RuleBind
{
    /// <summary>Bound if the caller proves a key, otherwise a bearer token.</summary>
    Any,

    /// <summary>Only to a DPoP key (RFC 9449).</summary>
    Dpop,

    /// <summary>Only to a client certificate (RFC 8705).</summary>
    Mtls,

    /// <summary>Always a bearer token.</summary>
    None,
}
