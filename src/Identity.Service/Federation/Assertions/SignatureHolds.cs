using Culvert.Jose.Algorithms;
using Culvert.Jose.Refusals;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// RFC 7515 §5.2 (8), with an algorithm that both the issuer's record and the key allow (RFC 8725 §3.1). If the
/// signature does not verify, the issuer may have published a new key under an old <c>kid</c>: it is tried once more.
/// </summary>
internal sealed class SignatureHolds : IAssertionCheck
{
    public string Step => AssertionSteps.Signature;

    public void Describe(AssertionContext context, TraceStep step) => step.Alg = context.Token.Algorithm.Name();

    public ValueTask<Denial?> CheckAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        var refusal = Verify(context);
        // A trace uses the key of the decision and fetches nothing.
        return refusal == JoseRefusal.SignatureInvalid && !context.IsSecondLook
            ? TryReplacementAsync(context, cancellationToken)
            : new(Decide(refusal));
    }

    private static async ValueTask<Denial?> TryReplacementAsync(
        AssertionContext context,
        CancellationToken cancellationToken
    )
    {
        var algorithm = context.Token.Algorithm;
        if (await context.Rule.Keys.ReplacementAsync(context.Key, algorithm, cancellationToken) is not { } replacement)
        {
            return Decide(JoseRefusal.SignatureInvalid);
        }

        context.Key = replacement;
        context.KeyAnswer = KeyLookup.Found(replacement);
        return Decide(Verify(context));
    }

    private static JoseRefusal Verify(AssertionContext context)
    {
        var refusal = context.Token.Verify(context.Key, context.Rule.Issuer.Algorithms);
        context.IsProven = refusal == JoseRefusal.None;
        if (context.IsProven)
        {
            context.Rule.Keys.MarkProven(context.Key);
        }

        return refusal;
    }

    private static Denial? Decide(JoseRefusal refusal) =>
        refusal switch
        {
            JoseRefusal.None => null,
            JoseRefusal.SignatureInvalid => new Denial(DenialReason.SignatureInvalid),
            _ => new Denial(DenialReason.AlgNotAllowed, refusal.ToString()),
        };
}
