using Culvert.Identity.Service.Federation.Issuers;

namespace Culvert.Identity.Service.People;

/// <summary>Whose access ends, and what of it: everything from before a moment.</summary>
/// <param name="Issuer">The record of the person's identity provider.</param>
/// <param name="IssuedBefore">The second of the revocation; it is covered.</param>
internal sealed record OffBoardingScope(
    PersonKey Person,
    Issuer Issuer,
    DateTimeOffset IssuedBefore,
    DateTimeOffset Now
)
{
    /// <summary>The end of that second, for what is dated more precisely than tokens.</summary>
    public DateTimeOffset Before => IssuedBefore.AddSeconds(1);
}
