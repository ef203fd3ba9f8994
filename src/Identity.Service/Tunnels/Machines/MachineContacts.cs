using System.Collections.Concurrent;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>
/// When each machine was last heard of, and whether its feed poll broke since. Kept in memory: machines call in at least
/// every half minute, so that after a restart it fills up again quickly.
/// </summary>
internal sealed class MachineContacts(TimeProvider time)
{
    /// <summary>A connection that was merely cut is made again within this time.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Beyond that the oldest are forgotten; only verified machines get in at all.</summary>
    private const int MaxMachines = 100_000;

    private static readonly TimeSpan ForgetAfter = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Contact> contacts = new(StringComparer.Ordinal);

    /// <summary>Before this nothing was heard here.</summary>
    public DateTimeOffset Since { get; } = time.GetUtcNow();

    public void Heard(string spiffeId)
    {
        var now = time.GetUtcNow();
        contacts.AddOrUpdate(
            spiffeId,
            static (_, at) => new Contact(at, Poll: 0, BrokenAt: null),
            static (_, known, at) => known with { At = at, BrokenAt = null },
            now
        );
        if (contacts.Count > MaxMachines)
        {
            foreach (var (machine, known) in contacts)
            {
                if (now - known.At > ForgetAfter)
                {
                    contacts.TryRemove(machine, out _);
                }
            }
        }
    }

    /// <summary>A feed poll begins; its number.</summary>
    public long BeginPoll(string spiffeId)
    {
        Heard(spiffeId);
        return contacts
            .AddOrUpdate(
                spiffeId,
                static (_, at) => new Contact(at, Poll: 1, BrokenAt: null),
                static (_, known, at) => known with { At = at, Poll = known.Poll + 1, BrokenAt = null },
                time.GetUtcNow()
            )
            .Poll;
    }

    /// <summary>
    /// A poll ended with its connection. This may be noticed after the machine has already called again: then nothing is
    /// noted.
    /// </summary>
    /// <param name="spiffeId">The machine.</param>
    /// <param name="poll">From <see cref="BeginPoll"/>.</param>
    public void BreakPoll(string spiffeId, long poll)
    {
        var now = time.GetUtcNow();
        while (contacts.TryGetValue(spiffeId, out var known) && known.Poll == poll)
        {
            if (contacts.TryUpdate(spiffeId, known with { BrokenAt = now }, known))
            {
                return;
            }
        }
    }

    /// <summary>Null when not heard of since this process started.</summary>
    public DateTimeOffset? FindLast(string spiffeId) => contacts.TryGetValue(spiffeId, out var known) ? known.At : null;

    /// <summary>When its poll broke, if it has not called this node since; null while it is on its feed.</summary>
    public DateTimeOffset? FindBroken(string spiffeId) =>
        contacts.TryGetValue(spiffeId, out var known) ? known.BrokenAt : null;

    private sealed record Contact(DateTimeOffset At, long Poll, DateTimeOffset? BrokenAt);
}
