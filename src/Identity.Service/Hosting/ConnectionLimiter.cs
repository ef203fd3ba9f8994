using System.Diagnostics;
using System.Net;
using Culvert.Identity.Service.Hosting.Proxies;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Telemetry;
using Culvert.Platform.Addresses;
using Culvert.Platform.Configuration;
using Culvert.Platform.Net;
using Microsoft.AspNetCore.Connections;

namespace Culvert.Identity.Service.Hosting;

/// <summary>
/// Limits the connections and the TLS handshakes of one port, per source address and in total, before a byte is read
/// (S36). At a limit, a new connection replaces the connection that has been idle longest, of the same address if the
/// address is at its limit: idle connections do not lock out callers with a request.
/// </summary>
/// <param name="readBounds">Read for each new connection. Lower limits close the excess idle connections.</param>
/// <param name="readProxies">Addresses whose connections carry requests of many clients: only the total limits them.</param>
internal sealed class ConnectionLimiter(
    Listener listener,
    Func<ConnectionBounds> readBounds,
    Func<AddressRanges> readProxies,
    TimeProvider time
)
{
    private static readonly Rate Unbounded = new(int.MaxValue, TimeSpan.FromSeconds(1));

    // Both get their limits with the first connection.
    private readonly SourceLimiter connections = new(0, Unbounded, time);
    private readonly SourceLimiter handshakes = new(0, Unbounded, time);
    private readonly Lock gate = new();
    private ConnectionBounds? bounds; // guarded by gate
    private readonly LinkedList<ConnectionSlot> idle = []; // guarded by gate; the longest idle first
    private int open; // guarded by gate

    /// <summary>The connections that count.</summary>
    public int Open
    {
        get
        {
            lock (gate)
            {
                return open;
            }
        }
    }

    /// <summary>The connection middleware in front of TLS, behind the <see cref="ProxyHeaderReader"/> if there is one.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var address = AddressRanges.Normalise((connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.IPv6None);
        ApplyBounds();
        // Decided once per connection: the trusted balancers may change before the connection is subtracted again.
        var slot = new ConnectionSlot(this, connection, address, isCounted: !readProxies().Contains(address));
        if (!TryEnter(handshakes, slot))
        {
            Refuse(connection, "handshakes");
            return;
        }

        if (!TryEnter(slot))
        {
            Release(handshakes, slot);
            Refuse(connection, "connections");
            return;
        }

        connection.Features.Set(slot);
        try
        {
            await next(connection);
        }
        finally
        {
            slot.EndHandshake();
            lock (gate)
            {
                Leave_NeedsLock(slot);
            }
        }
    }

    internal void EndHandshake(ConnectionSlot slot) => Release(handshakes, slot);

    internal void BeginRequest(ConnectionSlot slot)
    {
        lock (gate)
        {
            slot.Requests++;
            Busy_NeedsLock(slot);
        }
    }

    internal void EndRequest(ConnectionSlot slot)
    {
        lock (gate)
        {
            if (--slot.Requests == 0 && !slot.HasLeft)
            {
                slot.Idle = idle.AddLast(slot);
            }
        }
    }

    private void ApplyBounds()
    {
        var present = readBounds();
        lock (gate)
        {
            if (ReferenceEquals(present, bounds))
            {
                return;
            }

            bounds = present;
            connections.Use(present.ConnectionsPerAddress, Unbounded);
            handshakes.Use(present.HandshakesPerAddress, present.NewPerAddress);
        }
    }

    private bool TryEnter(ConnectionSlot slot)
    {
        List<ConnectionSlot> evicted = [];
        bool hasEntered;
        lock (gate)
        {
            hasEntered = TryEnter_NeedsLock(slot, evicted);
        }

        // Outside of the lock: an abort may run the connection's own callbacks.
        foreach (var old in evicted)
        {
            ServiceMeters.ConnectionsClosed.Add(1, Tags("idle"));
            old.Connection.Abort(new ConnectionAbortedException("A new connection replaced this idle connection."));
        }

        return hasEntered;
    }

    private bool TryEnter_NeedsLock(ConnectionSlot slot, List<ConnectionSlot> evicted)
    {
        // More than once after the limit was lowered.
        while (!TryEnter(connections, slot))
        {
            // A source at its limit holds many of the idle connections: the search ends early.
            var source = SourceLimiter.GetKey(slot.Address);
            var own = idle.FirstOrDefault(old => old.IsCounted && SourceLimiter.GetKey(old.Address).Equals(source));
            if (own is null)
            {
                return false;
            }

            Leave_NeedsLock(own);
            evicted.Add(own);
        }

        while (open >= bounds!.Connections)
        {
            if (idle.First is not { Value: var longest })
            {
                Release(connections, slot);
                return false;
            }

            Leave_NeedsLock(longest);
            evicted.Add(longest);
        }

        open++;
        slot.Idle = idle.AddLast(slot);
        return true;
    }

    private void Leave_NeedsLock(ConnectionSlot slot)
    {
        if (slot.HasLeft)
        {
            return;
        }

        slot.HasLeft = true;
        open--;
        Busy_NeedsLock(slot);
        Release(connections, slot);
    }

    private void Busy_NeedsLock(ConnectionSlot slot)
    {
        if (slot.Idle is { } place)
        {
            idle.Remove(place);
            slot.Idle = null;
        }
    }

    private static bool TryEnter(SourceLimiter limiter, ConnectionSlot slot) =>
        !slot.IsCounted || limiter.TryEnter(slot.Address);

    private static void Release(SourceLimiter limiter, ConnectionSlot slot)
    {
        if (slot.IsCounted)
        {
            limiter.Release(slot.Address);
        }
    }

    // Counted, not logged: a line for each refusal would be the next flood.
    private void Refuse(ConnectionContext connection, string bound)
    {
        ServiceMeters.ConnectionsClosed.Add(1, Tags(bound));
        connection.Abort(new ConnectionAbortedException("Too many connections."));
    }

    private TagList Tags(string reason) =>
        new() { { "listener", listener.ToString().ToLowerInvariant() }, { "reason", reason } };
}
