namespace Culvert.Identity.Service.Exchange.Replays;

/// <summary>How to answer an assertion that was exchanged before.</summary>
internal enum ReplayVerdict
{
    /// <summary>The same client again: it gets another token of the same family.</summary>
    Reissue,

    Reused,

    /// <summary>A caller other than its first user presents it: one of the two stole it.</summary>
    OtherHolder,
}
