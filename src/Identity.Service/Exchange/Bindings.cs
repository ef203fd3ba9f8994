using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Http;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Exchange;

/// <summary>Binds tokens (RFC 9449, RFC 8705) to the keys that the client proved, as far as the rule requires it.</summary>
internal static class Bindings
{
    public static bool Prove(in ProvenBinding proven, TokenConfirmation bound) =>
        (bound.KeyThumbprint is null || bound.KeyThumbprint == proven.KeyThumbprint)
        && (bound.CertificateThumbprint is null || bound.CertificateThumbprint == proven.CertificateThumbprint);

    /// <summary>Finds what a new token is bound to. False if the rule requires more than the client proved.</summary>
    public static bool TryBind(RuleBind bind, in ProvenBinding proven, out TokenConfirmation confirmation)
    {
        // A DPoP key has precedence over a certificate, because the proof is made for this very request.
        confirmation = bind switch
        {
            RuleBind.None => default,
            RuleBind.Mtls => OfCertificate(proven.CertificateThumbprint),
            RuleBind.Dpop => OfKey(proven.KeyThumbprint),
            _ => proven.KeyThumbprint is { } key ? OfKey(key) : OfCertificate(proven.CertificateThumbprint),
        };
        return Satisfies(bind, confirmation);
    }

    public static bool Satisfies(RuleBind bind, TokenConfirmation confirmation) =>
        bind switch
        {
            RuleBind.Dpop => confirmation.KeyThumbprint is not null,
            RuleBind.Mtls => confirmation.CertificateThumbprint is not null,
            _ => true,
        };

    private static TokenConfirmation OfKey(string? thumbprint) => new() { KeyThumbprint = thumbprint };

    private static TokenConfirmation OfCertificate(string? thumbprint) => new() { CertificateThumbprint = thumbprint };
}
