using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// RFC 8725 §3.11: a token with another type (a DPoP proof, a logout token, a security event) is not an assertion. The
/// issuer's record lists the types of its assertions; a token without a type counts as <c>JWT</c>.
/// </summary>
/// <param name="only">The only type that is accepted, whatever the issuer's record lists; null = the record decides.</param>
internal sealed class TypeIsAllowed(string? only = null) : ImmediateCheck(AssertionSteps.Parse)
{
    private const string Untyped = "JWT";

    private readonly IReadOnlyList<string>? required = only is null ? null : [only];

    public override void Describe(AssertionContext context, TraceStep step) =>
        step.Typ = context.Token.Type is { } type ? UntrustedText.Bounded(type) : null;

    protected override Denial? Check(AssertionContext context)
    {
        var token = context.Token;
        foreach (var allowed in required ?? context.Rule.Issuer.Types)
        {
            if (
                token.Type is null
                    ? allowed.Equals(Untyped, StringComparison.OrdinalIgnoreCase)
                    : token.HasType(allowed)
            )
            {
                // A statement about a person is never a workload's own, even if the record lists its type.
                return required is null && token.HasType(IdentityAssertion.TokenType) ? Deny(token) : null;
            }
        }

        return Deny(token);
    }

    private static Denial Deny(SignedToken token) =>
        new(DenialReason.TypNotAllowed, token.Type is { } type ? UntrustedText.Bounded(type) : "absent");
}
