namespace Culvert.Identity.Service.Storage;

/// <summary>The first use of a replay key.</summary>
/// <param name="Tag">The data that the use stored with its key (<see cref="ReplayKey.Tag"/>); empty = none.</param>
internal readonly record struct ReplayUse(ReadOnlyMemory<byte> Tag, DateTimeOffset At);
