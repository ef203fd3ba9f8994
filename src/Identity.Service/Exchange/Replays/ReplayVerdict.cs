namespace Culvert.Identity.Service.Exchange.Replays;

internal enum ReplayVerdict
{
    /// <summary>The same client again: it gets another token of the same family.</summary>
    Reissue,

    Reused,

    /// <summary>A caller other than its first user presents it: one of the two stole it.</summary>
    OtherHolder,
}
