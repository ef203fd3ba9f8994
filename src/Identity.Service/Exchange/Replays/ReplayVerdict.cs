namespace Culvert.Identity.Service.Exchange.Replays;

/// <summary>What to do about an assertion that was exchanged before.</summary>
internal enum ReplayVerdict
{
    /// <summary>The same client again: another token of the same family.</summary>
    Reissue,

    /// <summary>No caller may use it again.</summary>
    Reused,

    /// <summary>Another caller than its first user has it: one of the two stole it.</summary>
    OtherHolder,
}
