using System.Collections.Concurrent;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>
/// Gives sessions, and callers without sessions, their programs. When the maximum number of programs runs, it closes
/// idle ones.
/// </summary>
internal sealed class ChildAllocator(StdioSettings settings, TimeProvider time, ChildPool pool, StdioSessions sessions)
{
    // Of the running programs a quarter is out of reach of any one principal: one that opens session after session must
    // not lock the others out.
    private const int ReservedPart = 4;

    // Of others only what nobody has used for a moment is ended: it may be between two calls.
    private static readonly TimeSpan IdleOfOthers = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, ChildSlot> modern = new(StringComparer.Ordinal);

    /// <summary>The programs of callers without sessions.</summary>
    public IEnumerable<ChildSlot> Slots => modern.Values;

    // A slot that was idle for too long is over, and another one takes its place.
    public async Task<(RpcChannel? Channel, Failure? Refusal)> GetAsync(
        string owner,
        CancellationToken cancellationToken,
        bool canMakeRoom = false
    )
    {
        while (true)
        {
            var slot = modern.GetOrAdd(owner, _ => new ChildSlot(pool, settings, time));
            var got = await slot.GetAsync(null, cancellationToken);
            if (canMakeRoom && got.Refusal == ChildFailures.ChildrenBusy && await MakeRoomAsync(owner))
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
    /// A program for a session. Clients rarely end theirs, so one that is idle makes room: of the same principal the one
    /// that has been idle longest, at once; of others, after a moment. Its client gets 404 and begins another (L4).
    /// </summary>
    public async Task<(RpcChannel? Channel, Failure? Refusal)> StartAsync(StdioSession session)
    {
        var owner = session.Owner;
        var most =
            owner.Length == 0 ? settings.MaxChildren : settings.MaxChildren - (settings.MaxChildren / ReservedPart);
        if (sessions.CountOf(owner) >= most)
        {
            if (sessions.LongestIdle(owner, TimeSpan.Zero) is not { } own)
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

            if (refusal != ChildFailures.ChildrenBusy || !await MakeRoomAsync(owner))
            {
                return (null, refusal);
            }
        }
    }

    private async Task<bool> MakeRoomAsync(string owner)
    {
        if ((sessions.LongestIdle(owner, TimeSpan.Zero) ?? sessions.LongestIdle(null, IdleOfOthers)) is { } session)
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

    /// <summary>Marks the owner's program as used now.</summary>
    public void Touch(string owner)
    {
        if (modern.TryGetValue(owner, out var slot))
        {
            slot.Touch();
        }
    }
}
