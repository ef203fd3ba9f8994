namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// RFC 8725 §3.11: a token with another type (a DPoP proof, a logout token, a security event) is not an assertion. The
/// issuer's record lists the types of its assertions; a token without a type counts as <c>JWT</c>.
/// </summary>
internal sealed class TypeIsAllowed() : ImmediateCheck(AssertionSteps.Parse)
{
    private const string Untyped = "JWT";

    public override void Describe(AssertionContext context, TraceStep step) =>
        step.Typ = context.Token.Type is { } type ? UntrustedText.Bounded(type) : null;

    protected override Denial? Check(AssertionContext context)
    {
        var token = context.Token;
        foreach (var allowed in context.Rule.Issuer.Types)
        {
            if (
                token.Type is null
                    ? allowed.Equals(Untyped, StringComparison.OrdinalIgnoreCase)
                    : token.HasType(allowed)
            )
            {
                return null;
            }
        }

        return new Denial(DenialReason.TypNotAllowed, token.Type is { } type ? UntrustedText.Bounded(type) : "absent");
    }
}
