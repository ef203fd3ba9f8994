using System.Text;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Settings;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Signals;

/// <summary>
/// Verifies a security event token, in this order: its form and type, its issuer, its key and signature, its audience, its
/// claims. A refusal before that of the signature shows nothing that the sender does not know.
/// </summary>
internal sealed class SignalVerifier(SignalStreamStates states, Current<FederationOptions> options, TimeProvider time)
{
    /// <summary>RFC 8417 §2.3: the explicit type, so that no token of another kind passes as an event.</summary>
    public const string TokenType = "secevent+jwt";

    public async ValueTask<Result<SecurityEventToken>> VerifyAsync(
        Issuer issuer,
        SignalStream stream,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    )
    {
        var malformed = SignedToken.TryParse(body, out var token);
        if (malformed != JoseRefusal.None)
        {
            return malformed is JoseRefusal.AlgorithmUnsupported or JoseRefusal.AlgorithmMissing
                ? SignalErrors.AuthenticationFailed.Refuse()
                : SignalErrors.InvalidRequest.Refuse("The body is not a signed token in compact form.");
        }

        if (token!.Type is null || !token.HasType(TokenType))
        {
            return SignalErrors.InvalidRequest.Refuse($"typ: {TokenType} is required.");
        }

        if (
            !token.Claims.TryFind("iss"u8, out var transmitter)
            || !transmitter.StringEquals(Encoding.UTF8.GetBytes(stream.TransmitterIssuer))
        )
        {
            return SignalErrors.InvalidIssuer.Refuse();
        }

        if (await CheckSignatureAsync(stream.ToTransmitter(issuer), token, cancellationToken) is { } unproven)
        {
            return unproven;
        }

        return
            !token.Claims.TryFind("aud"u8, out var audience)
            || audience.FindInStringList(Encoding.UTF8.GetBytes(stream.Audience)) != StringListMatch.Found
            ? SignalErrors.InvalidAudience.Refuse()
            : SecurityEventToken.Read(token.Claims, time.GetUtcNow(), options.Value.Leeway);
    }

    private async ValueTask<Refusal?> CheckSignatureAsync(
        Issuer transmitter,
        SignedToken token,
        CancellationToken cancellationToken
    )
    {
        if (token.KeyId is null && !transmitter.AllowMissingKid)
        {
            return SignalErrors.InvalidKey.Refuse("kid: required.");
        }

        var keys = states.GetKeys(transmitter);
        var found = await keys.FindAsync(token.KeyId, token.Algorithm, cancellationToken);
        if (found.Key is not { } key)
        {
            return found.Outcome is KeyLookupOutcome.Unknown or KeyLookupOutcome.Killed
                ? SignalErrors.InvalidKey.Refuse()
                : SignalErrors.KeysUnavailable.Refuse();
        }

        var refusal = Verify(keys, token, key);
        // The transmitter may have published a new key under an old name.
        if (
            refusal == JoseRefusal.SignatureInvalid
            && await keys.ReplacementAsync(key, token.Algorithm, cancellationToken) is { } replacement
        )
        {
            refusal = Verify(keys, token, replacement);
        }

        return refusal switch
        {
            JoseRefusal.None => null,
            JoseRefusal.SignatureInvalid => SignalErrors.AuthenticationFailed.Refuse(),
            _ => SignalErrors.InvalidKey.Refuse(),
        };
    }

    private static JoseRefusal Verify(TransmitterKeys keys, SignedToken token, VerificationKey key)
    {
        var refusal = token.Verify(key, JwsAlgorithms.All);
        if (refusal == JoseRefusal.None)
        {
            keys.MarkProven(key);
        }

        return refusal;
    }
}
