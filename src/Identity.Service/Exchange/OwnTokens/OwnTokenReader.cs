using System.Text;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tokens;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Exchange.OwnTokens;

/// <summary>Verifies an access token of this service that comes as a subject or actor token.</summary>
internal sealed class OwnTokenReader(AccessTokenVerifier verifier, ServiceIdentity identity)
{
    /// <summary>
    /// Null = issued by this service, unrevoked, within its time, for this service. A token for another party's
    /// resource must not be widened here: the party that received it there could otherwise obtain a token for this
    /// service.
    /// </summary>
    /// <param name="isProven">Whether its signature holds.</param>
    public Denial? Read(ReadOnlyMemory<byte> compact, out AccessTokenClaims claims, out bool isProven)
    {
        // Latin-1 keeps what is not ASCII apart from what is; the verifier refuses it.
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

        // Minted before families existed; it ends within its own life.
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
