using System.Text;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tokens;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Exchange.OwnTokens;

/// <summary>Verifies an access token of this service that is presented as a subject or actor token.</summary>
internal sealed class OwnTokenReader(AccessTokenVerifier verifier, ServiceIdentity identity)
{
    /// <summary>
    /// Null if this service issued the token for itself and it is unrevoked and within its time. A token for another
    /// party's resource must not be widened: the party that received it there could otherwise obtain a token for this
    /// service.
    /// </summary>
    /// <param name="isProven">Whether its signature holds.</param>
    public Denial? Read(ReadOnlyMemory<byte> compact, out AccessTokenClaims claims, out bool isProven)
    {
        // Latin-1 maps each non-ASCII byte to a non-ASCII character, which the verifier refuses.
        var verified = verifier.Verify(Encoding.Latin1.GetString(compact.Span));
        claims = verified.Claims;
        isProven = verified.Error is null || !IsBeforeSignature(verified.Error);
        if (verified.Error is { } error)
        {
            return new Denial(ToReason(error));
        }

        if (claims.Audience != identity.PublicUrl)
        {
            return new Denial(DenialReason.AudienceMismatch, Claim: "aud");
        }

        // Tokens from before families existed have none; they expire within their own lifetime.
        return claims is { Family: null } or { Source: null }
            ? new Denial(DenialReason.TokenMalformed, "no family")
            : null;
    }

    private static bool IsBeforeSignature(ErrorCode error) =>
        error == TokenErrors.Malformed
        || error == TokenErrors.Algorithm
        || error == TokenErrors.KeyUnknown
        || error == TokenErrors.Signature;

    private static DenialReason ToReason(ErrorCode error)
    {
        if (error == TokenErrors.Algorithm)
        {
            return DenialReason.AlgNotAllowed;
        }

        if (error == TokenErrors.KeyUnknown)
        {
            return DenialReason.KidUnknown;
        }

        if (error == TokenErrors.Signature)
        {
            return DenialReason.SignatureInvalid;
        }

        if (error == TokenErrors.Issuer)
        {
            return DenialReason.IssuerUnknown;
        }

        if (error == TokenErrors.Expired)
        {
            return DenialReason.TokenExpired;
        }

        if (error == TokenErrors.NotYetValid)
        {
            return DenialReason.NotYetValid;
        }

        return error == TokenErrors.Revoked ? DenialReason.TokenRevoked : DenialReason.TokenMalformed;
    }
}
