namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// RFC 8725 §3.11: a token typed as something else (a DPoP proof, a logout token, a security event) is no assertion.
/// Identity tokens say JWT or nothing, access tokens of an authorization server <c>at+jwt</c>.
/// </summary>
internal sealed class TypeIsAllowed() : ImmediateCheck(AssertionSteps.Parse)
{
    protected override Denial? Check(AssertionContext context)
    {
        var token = context.Token;
        return token.Type is null || token.HasType("JWT") || token.HasType("at+jwt")
            ? null
            : new Denial(DenialReason.TypNotAllowed, UntrustedText.Bounded(token.Type));
    }
}
