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
/// Bounds the connections and the TLS handshakes of one port, per source address and in total, before a byte is read
/// (S36). At a bound, a new connection takes the place of the one that has been idle the longest, of the same address
/// where the address is at its bound: idle connections do not keep out callers with a request.
/// </summary>
/// <param name="listener">The port.</param>
/// <param name="bounds">Its bounds.</param>
/// <param name="proxies">Addresses whose connections carry requests of many clients: only the total bounds them.</param>
/// <param name="time">The clock.</param>
internal sealed class ConnectionLimiter(
    Listener listener,
    ConnectionBounds bounds,
    AddressRanges proxies,
    TimeProvider time
)
{
    private readonly SourceLimiter connections = new(
        bounds.ConnectionsPerAddress,
        new Rate(int.MaxValue, TimeSpan.FromSeconds(1)),
        time
    );

    private readonly SourceLimiter handshakes = new(bounds.HandshakesPerAddress, bounds.NewPerAddress, time);
    private readonly Lock gate = new();
    private readonly LinkedList<ConnectionSlot> idle = []; // guarded by gate; the longest idle first
    private int open; // guarded by gate

    /// <summary>Connections that count now.</summary>
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
        if (!TryEnter(handshakes, address))
        {
            Refuse(connection, "handshakes");
            return;
        }

        var slot = new ConnectionSlot(this, connection, address);
        if (!TryEnter(slot))
        {
            Leave(handshakes, address);
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

    internal void EndHandshake(IPAddress address) => Leave(handshakes, address);

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

    private bool TryEnter(ConnectionSlot slot)
    {
        List<ConnectionSlot> evicted = [];
        lock (gate)
        {
            if (!TryEnter_NeedsLock(slot, evicted))
            {
                return false;
            }
        }

        // Outside of the lock: an abort may run the connection's own callbacks.
        foreach (var old in evicted)
        {
            ServiceMeters.ConnectionsClosed.Add(1, Tags("idle"));
            old.Connection.Abort(new ConnectionAbortedException("A new connection replaced this idle connection."));
        }

        return true;
    }

    private bool TryEnter_NeedsLock(ConnectionSlot slot, List<ConnectionSlot> evicted)
    {
        if (!TryEnter(connections, slot.Address))
        {
            // A source at its limit holds many of the idle ones: the search ends early.
            var source = SourceLimiter.GetKey(slot.Address);
            var own = idle.FirstOrDefault(old => SourceLimiter.GetKey(old.Address).Equals(source));
            if (own is null)
            {
                return false;
            }

            Leave_NeedsLock(own);
            evicted.Add(own);
            TryEnter(connections, slot.Address);
        }

        if (open >= bounds.Connections)
        {
            if (idle.First is not { Value: var longest })
            {
                Leave(connections, slot.Address);
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
        Leave(connections, slot.Address);
    }

    private void Busy_NeedsLock(ConnectionSlot slot)
    {
        if (slot.Idle is { } place)
        {
            idle.Remove(place);
            slot.Idle = null;
        }
    }

    private bool TryEnter(SourceLimiter limiter, IPAddress address) =>
        proxies.Contains(address) || limiter.TryEnter(address);

    private void Leave(SourceLimiter limiter, IPAddress address)
    {
        if (!proxies.Contains(address))
        {
            limiter.Leave(address);
        }
    }

    // Counted, not logged: a line for each would be the next flood.
    private void Refuse(ConnectionContext connection, string bound)
    {
        ServiceMeters.ConnectionsClosed.Add(1, Tags(bound));
        connection.Abort(new ConnectionAbortedException("Too many connections."));
    }

    private TagList Tags(string reason) =>
        new() { { "listener", listener.ToString().ToLowerInvariant() }, { "reason", reason } };
}
