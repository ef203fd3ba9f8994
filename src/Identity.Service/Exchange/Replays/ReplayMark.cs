using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Exchange.Replays;

/// <param name="Key">Contains the tag, for the journal.</param>
/// <param name="Tag">The same tag, for the comparison with that of the first use.</param>
internal readonly record struct ReplayMark(ReplayKey Key, ReplayTag Tag);
