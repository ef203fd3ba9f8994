namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// RFC 7523 §3 (1): <c>iss</c> is the registered issuer byte for byte; nothing is normalised, so nothing can be
/// confused. Before the keys: a token of somebody else never makes us fetch.
/// </summary>
internal sealed class IssuerMatches : ImmediateCheck
{
    protected override Denial? Check(AssertionContext context)
    {
        if (!context.Token.Claims.TryFind("iss"u8, out var issuer))
        {
            return new Denial(DenialReason.IssuerMismatch, "absent");
        }

        return issuer.StringEquals(context.Rule.IssuerUrl)
            ? null
            : new Denial(
                DenialReason.IssuerMismatch,
                UntrustedText.Bounded(issuer.ReadString() ?? issuer.Kind.ToString())
            );
    }
}
