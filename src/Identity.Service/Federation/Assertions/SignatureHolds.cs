using Culvert.Identity.Service.Federation.Explain;
using Culvert.Jose;
using Culvert.Jose.Signatures;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>RFC 7515 §5.2 (8), with an algorithm that both we and the key allow (RFC 8725 §3.1).</summary>
internal sealed class SignatureHolds() : ImmediateCheck(AssertionSteps.Signature)
{
    public override void Describe(AssertionContext context, TraceStep step) =>
        step.Add("alg", context.Token.Algorithm.Name());

    protected override Denial? Check(AssertionContext context)
    {
        var refusal = context.Token.Verify(context.Key, JwsAlgorithms.All);
        context.IsProven = refusal == JoseRefusal.None;
        return refusal switch
        {
            JoseRefusal.None => null,
            JoseRefusal.SignatureInvalid => new Denial(DenialReason.SignatureInvalid),
            _ => new Denial(DenialReason.AlgNotAllowed, refusal.ToString()),
        };
    }
}
