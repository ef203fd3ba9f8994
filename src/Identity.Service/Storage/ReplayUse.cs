namespace Culvert.Identity.Service.Storage;

/// <summary>The first use of a replay key.</summary>
/// <param name="Tag">What that use left with its key (<see cref="ReplayKey.Tag"/>); empty = nothing.</param>
/// <param name="At">The time of its audit entry.</param>
internal readonly record struct ReplayUse(ReadOnlyMemory<byte> Tag, DateTimeOffset At);
