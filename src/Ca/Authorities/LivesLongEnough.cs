using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>security.md S18: a service-held authority has six leaf lifetimes left, so that rotation has time.</summary>
internal sealed class LivesLongEnough : IAuthorityCheck
{
    private const int Lives = 6;

    public CaRefusal? Check(AuthoritySubject subject)
    {
        if (subject.LeafLife is not { } leafLife)
        {
            return null;
        }

        TimeSpan remaining = subject.Own.NotAfter.AddSeconds(1) - subject.Now;
        return remaining < Lives * leafLife
            ? new CaRefusal(
                CaErrorCodes.CaValidity,
                $"The remaining lifetime is less than six times the lifetime of the certificates under it ({leafLife.TotalHours:0.##} h)."
            )
            : null;
    }
}
