using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>The assertion is a JWT in a compact JWS (RFC 7519 §7.2), by the strict rules of Culvert.Jose.</summary>
internal sealed class TokenIsWellFormed() : ImmediateCheck(AssertionSteps.Parse)
{
    protected override Denial? Check(AssertionContext context)
    {
        var refusal = SignedToken.TryParse(context.Request.Assertion, out var token, context.Request.Room);
        if (refusal == JoseRefusal.None)
        {
            context.SetToken(token!);
            return null;
        }

        var reason = refusal switch
        {
            JoseRefusal.AlgorithmMissing or JoseRefusal.AlgorithmUnsupported => DenialReason.AlgNotAllowed,
            _ => DenialReason.TokenMalformed,
        };
        return new Denial(reason, refusal.ToString());
    }
}
