using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Exchange.Replays;

/// <param name="Key">With the tag inside, for the journal.</param>
/// <param name="Tag">The same, to be compared with the first use's.</param>
internal readonly record struct ReplayMark(ReplayKey Key, ReplayTag Tag);
