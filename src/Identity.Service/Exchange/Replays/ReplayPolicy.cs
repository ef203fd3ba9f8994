using Culvert.Identity.Service.Federation.Issuers;

namespace Culvert.Identity.Service.Exchange.Replays;

/// <summary>Decides which second use of an assertion is harmless: a pure function of the first use and the time.</summary>
internal static class ReplayPolicy
{
    /// <summary>How long the same address and rule may present an assertion again without proof of a key.</summary>
    public static readonly TimeSpan UnboundReuse = TimeSpan.FromSeconds(60);

    // Nodes' clocks differ a little. A clock that was set back further must not lengthen a window.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    /// <param name="window">In mode <c>window</c>: how long after its first use an assertion may be used again.</param>
    /// <param name="reissueWindow">In mode <c>single_use</c>: how long the client may request its answer again.</param>
    /// <remarks>
    /// <code>
    ///              same holder, proven key      same address and rule     another caller
    /// window       Reissue within the window, any caller; then Reused
    /// bound_reuse  Reissue until exp            Reissue for 60 s          OtherHolder
    /// single_use   same token and rule:         Reused                    a proven key on either side:
    ///              Reissue for reissueWindow                              OtherHolder; none: Reused
    /// </code>
    /// </remarks>
    public static ReplayVerdict Judge(
        ReplayMode mode,
        in ReplayTag first,
        in ReplayTag again,
        TimeSpan window,
        TimeSpan reissueWindow
    )
    {
        var age = again.FirstUse - first.FirstUse;
        var isAgeKnown = age >= -ClockSkew;
        if (mode == ReplayMode.Window)
        {
            return isAgeKnown && age < window ? ReplayVerdict.Reissue : ReplayVerdict.Reused;
        }

        if (first.HolderKind != again.HolderKind || first.Holder != again.Holder)
        {
            var isUnbound =
                first.HolderKind == ReplayHolderKind.Address && again.HolderKind == ReplayHolderKind.Address;
            return mode == ReplayMode.SingleUse && isUnbound ? ReplayVerdict.Reused : ReplayVerdict.OtherHolder;
        }

        var isBound = first.HolderKind != ReplayHolderKind.Address;
        var isSameRule = first.Rule == again.Rule;
        var mayReissue = mode switch
        {
            ReplayMode.BoundReuse => isBound || (isSameRule && isAgeKnown && age < UnboundReuse),
            _ => isBound && isSameRule && first.Assertion == again.Assertion && isAgeKnown && age < reissueWindow,
        };
        return mayReissue ? ReplayVerdict.Reissue : ReplayVerdict.Reused;
    }
}
