using System.Collections.Concurrent;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>Assigns programs to sessions and to callers without sessions; closes idle ones at the limit.</summary>
internal sealed class ChildAllocator(StdioSettings settings, TimeProvider time, ChildPool pool, StdioSessions sessions)
{
    // No principal may use more than three quarters of the programs: many sessions must not lock out others.
    private const int ReservedPart = 4;

    // Programs of other principals are closed only after this time without use: they may be between two calls.
    private static readonly TimeSpan IdleOfOthers = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, ChildSlot> modern = new(StringComparer.Ordinal);

    public IEnumerable<ChildSlot> Slots => modern.Values;

    /// <summary>Returns the program of a caller without a session.</summary>
    /// <param name="person">The person whose idle sessions are closed at once to make room; null to close none.</param>
    public async Task<(RpcChannel? Channel, Failure? Refusal)> GetAsync(
        string owner,
        string? person,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var slot = modern.GetOrAdd(owner, _ => new ChildSlot(pool, settings, time));
            var got = await slot.GetAsync(null, cancellationToken);
            if (person is not null && got.Refusal == ChildFailures.ChildrenBusy && await EvictIdleAsync(person))
            {
                continue;
            }

            if (got.Channel is not null || !slot.IsOver || pool.IsClosed)
            {
                return got;
            }

            modern.TryRemove(new(owner, slot));
        }
    }

    /// <summary>
    /// Starts a program for a session. Clients rarely close sessions, so an idle one is closed to make room: the same
    /// person's longest idle one at once, another person's after a delay. Its client receives 404 and starts a new
    /// session (L4).
    /// </summary>
    public async Task<(RpcChannel? Channel, Failure? Refusal)> StartAsync(StdioSession session)
    {
        var person = session.Person;
        var most =
            person.Length == 0 ? settings.MaxChildren : settings.MaxChildren - (settings.MaxChildren / ReservedPart);
        if (sessions.CountByPerson(person) >= most)
        {
            if (sessions.LongestIdle(person, TimeSpan.Zero) is not { } own)
            {
                return (null, ChildFailures.ChildrenBusy);
            }

            await CloseAsync(own);
        }

        while (true)
        {
            if (pool.TryStart(session, out var refusal) is { } channel)
            {
                return (channel, null);
            }

            if (refusal != ChildFailures.ChildrenBusy || !await EvictIdleAsync(person))
            {
                return (null, refusal);
            }
        }
    }

    private async Task<bool> EvictIdleAsync(string person)
    {
        if ((sessions.LongestIdle(person, TimeSpan.Zero) ?? sessions.LongestIdle(null, IdleOfOthers)) is { } session)
        {
            await CloseAsync(session);
            return true;
        }

        foreach (var (other, slot) in modern.OrderBy(one => one.Value.UsedAt))
        {
            if (slot.Running is { } program && slot.TryClose(IdleOfOthers))
            {
                modern.TryRemove(new(other, slot));
                await slot.DisposeAsync();
                await pool.FreedAsync(program);
                return true;
            }
        }

        return false;
    }

    private async Task CloseAsync(StdioSession session)
    {
        await sessions.CloseAsync(session);
        await pool.FreedAsync(session.Own);
    }

    /// <summary>Closes programs without a session that no caller has used for the idle time.</summary>
    public void Sweep()
    {
        foreach (var (owner, slot) in modern)
        {
            if (slot.TryClose(settings.Idle))
            {
                modern.TryRemove(new(owner, slot));
                _ = slot.DisposeAsync().AsTask();
            }
        }
    }

    public void Touch(string owner)
    {
        if (modern.TryGetValue(owner, out var slot))
        {
            slot.Touch();
        }
    }
}
