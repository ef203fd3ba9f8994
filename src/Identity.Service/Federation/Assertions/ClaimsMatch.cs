using System.Text;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// Each of the rule's claims is present as a string of exactly that value: no conversion between types, and absence
/// never matches.
/// </summary>
internal sealed class ClaimsMatch : ImmediateCheck
{
    protected override Denial? Check(AssertionContext context)
    {
        foreach (var (name, value) in context.Rule.Claims)
        {
            if (!context.Token.Claims.TryFind(name, out var claim) || !claim.StringEquals(value))
            {
                return new Denial(DenialReason.MatchClaims, Encoding.UTF8.GetString(name));
            }
        }

        return null;
    }
}
