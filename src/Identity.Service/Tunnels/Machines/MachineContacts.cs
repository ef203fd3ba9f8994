using System.Collections.Concurrent;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>When each machine last called, and whether its poll broke. In memory: complete soon after a restart.</summary>
internal sealed class MachineContacts(TimeProvider time)
{
    /// <summary>A machine whose connection broke reconnects within this time.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Above this, machines without a call for an hour are removed; only verified ones are counted.</summary>
    private const int MaxMachines = 100_000;

    private static readonly TimeSpan ForgetAfter = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Contact> contacts = new(StringComparer.Ordinal);

    public DateTimeOffset Since { get; } = time.GetUtcNow();

    public void RecordContact(string spiffeId)
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

    public long BeginPoll(string spiffeId)
    {
        RecordContact(spiffeId);
        return contacts
            .AddOrUpdate(
                spiffeId,
                static (_, at) => new Contact(at, Poll: 1, BrokenAt: null),
                static (_, known, at) => known with { At = at, Poll = known.Poll + 1, BrokenAt = null },
                time.GetUtcNow()
            )
            .Poll;
    }

    /// <summary>Records that a poll ended with its connection, unless the machine has started a newer poll.</summary>
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

    /// <summary>Null if it has not called since this process started.</summary>
    public DateTimeOffset? FindLast(string spiffeId) => contacts.TryGetValue(spiffeId, out var known) ? known.At : null;

    /// <summary>When its poll broke, if it has not called this node since; null while its poll is open.</summary>
    public DateTimeOffset? FindBroken(string spiffeId) =>
        contacts.TryGetValue(spiffeId, out var known) ? known.BrokenAt : null;

    private sealed record Contact(DateTimeOffset At, long Poll, DateTimeOffset? BrokenAt);
}
