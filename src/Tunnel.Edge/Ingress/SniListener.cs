using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Net;
using Culvert.Tunnel.Edge.Agents;
using Culvert.Tunnel.Edge.Forwarding;
using Culvert.Tunnel.Edge.Hosting;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Protocol;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>
/// Takes clients on 9443: reads the ClientHello, decides (S21, S23), opens a stream on an agent's connection with the
/// hello as its first bytes, and relays. Ends no TLS and holds no key that could.
/// </summary>
internal sealed class SniListener(
    SniOptions options,
    EdgeState state,
    AgentRegistry agents,
    TrafficBook traffic,
    EdgeMetrics metrics,
    TimeProvider time,
    ILogger<SniListener> logger
)
{
    /// <summary>W12: opened once, and again at most twice.</summary>
    private const int MaxOpens = 3;

    /// <summary>Clients whose agent has not answered yet; nobody reads from them, so a leaving is looked for.</summary>
    private readonly ConcurrentDictionary<MuxStream, Socket> unanswered = new();
    private readonly SourceLimiter sources = new(options.PerSource, options.NewPerSource, time);
    private int connections;
    private long nextConnection;

    /// <summary>Connections now, those still in their hello included.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>Takes over an accepted socket. Completes, never faults, when its connection is over.</summary>
    public async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        var remote = (IPEndPoint)socket.RemoteEndPoint!;
        var client = new IPEndPoint(AddressRanges.Normalise(remote.Address), remote.Port);
        var entered = false;
        try
        {
            if (Interlocked.Increment(ref connections) > options.MaxConnections)
            {
                await RefuseAsync(socket, client, IngressRefusal.EdgeFull, null);
                return;
            }

            entered = sources.TryEnter(client.Address);
            if (!entered)
            {
                await RefuseAsync(socket, client, IngressRefusal.SourceLimit, null);
                return;
            }

            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            await ServeEnteredAsync(socket, client, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // One connection must not take the listener down with it.
            Log.ClientFaulted(logger, e, client);
        }
        finally
        {
            Interlocked.Decrement(ref connections);
            if (entered)
            {
                sources.Leave(client.Address);
            }

            socket.Dispose();
        }
    }

    /// <summary>
    /// Forgets addresses that have been quiet, and gives up streams whose client has left before the agent's first
    /// frame. Call every second or so.
    /// </summary>
    public void Sweep()
    {
        sources.Sweep();
        foreach (var (stream, client) in unanswered)
        {
            if (HasLeft(client))
            {
                stream.Abort(StreamErrorCode.Cancelled);
            }
        }
    }

    private async Task ServeEnteredAsync(Socket socket, IPEndPoint client, CancellationToken cancellationToken)
    {
        var received = ArrayPool<byte>.Shared.Rent(options.MaxHelloBytes);
        try
        {
            var (refusal, hello, length) = await ReadHelloAsync(socket, received, cancellationToken);
            TunnelRoute? tunnel = null;
            if (refusal == IngressRefusal.None)
            {
                refusal = IngressPolicy.Check(state.Snapshot, hello!, client.Address, out tunnel);
            }

            if (refusal != IngressRefusal.None)
            {
                await RefuseAsync(socket, client, refusal, tunnel);
                return;
            }

            await ForwardAsync(
                socket,
                client,
                hello!,
                tunnel!,
                received.AsMemory(0, length),
                () => Return(ref received)
            );
        }
        finally
        {
            Return(ref received);
        }
    }

    /// <summary>Reads until the hello is whole, refused, or late. What lies behind it in the buffer is kept for the agent.</summary>
    private async Task<(IngressRefusal, ClientHello?, int)> ReadHelloAsync(
        Socket socket,
        byte[] received,
        CancellationToken cancellationToken
    )
    {
        using var deadline = new CancellationTokenSource(options.HandshakeTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var scratch = ArrayPool<byte>.Shared.Rent(options.MaxHelloBytes);
        try
        {
            var parser = new ClientHelloParser(scratch.AsMemory(0, options.MaxHelloBytes));
            var length = 0;
            while (length < options.MaxHelloBytes)
            {
                var space = received.AsMemory(length, options.MaxHelloBytes - length);
                var read = await socket.ReceiveAsync(space, SocketFlags.None, both.Token);
                if (read == 0)
                {
                    return (IngressRefusal.HelloTimeout, null, 0);
                }

                length += read;
                var verdict = parser.Feed(space.Span[..read]);
                if (verdict != HelloVerdict.Incomplete)
                {
                    return (RefusalOf(verdict), parser.Hello, length);
                }
            }

            return (IngressRefusal.HelloTooLarge, null, 0);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (IngressRefusal.HelloTimeout, null, 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    private async Task ForwardAsync(
        Socket socket,
        IPEndPoint client,
        ClientHello hello,
        TunnelRoute tunnel,
        ReadOnlyMemory<byte> firstBytes,
        Action releaseFirstBytes
    )
    {
        var counts = traffic.Of(tunnel.Id);
        if (!counts.TryEnter())
        {
            await RefuseAsync(socket, client, IngressRefusal.TunnelLimit, tunnel);
            return;
        }

        try
        {
            var open = new OpenPayload
            {
                ServerName = hello.ServerName,
                Client = client,
                ConnectionId = NextConnectionId(),
            };
            await using var stream = await OpenAsync(socket, open, tunnel.Id, firstBytes, counts);
            if (stream is null)
            {
                await RefuseAsync(socket, client, IngressRefusal.NoAgent, tunnel);
                return;
            }

            counts.CountFromClient(firstBytes.Length);
            releaseFirstBytes(); // the agent has answered: nobody needs them again
            if (!await new ClientRelay(socket, stream, counts).RunAsync())
            {
                Reset(socket);
            }
        }
        finally
        {
            counts.Leave();
        }
    }

    /// <summary>
    /// Opens a stream and waits for the agent's first frame; until then an agent that refuses or goes away costs the
    /// client nothing, because the same first bytes go to another connection (W12). Null if none would take it; a
    /// stream that failed for good is returned, and the relay finds out.
    /// </summary>
    private async Task<MuxStream?> OpenAsync(
        Socket client,
        OpenPayload open,
        string tunnelId,
        ReadOnlyMemory<byte> firstBytes,
        TunnelTraffic counts
    )
    {
        List<AgentConnection> tried = [];
        while (tried.Count < MaxOpens)
        {
            if (agents.Pick(tunnelId, tried) is not { } agent)
            {
                return null;
            }

            tried.Add(agent);
            if (!agent.TryOpen(open, firstBytes.Span, out var stream))
            {
                continue; // it filled up or left since it was picked
            }

            unanswered[stream] = client;
            try
            {
                var first = await stream.Input.ReadAsync();
                stream.Input.AdvanceTo(first.Buffer.Start); // the relay reads it again
                return stream;
            }
            catch (MuxStreamException e) when (e.MayReopen && !stream.Answered)
            {
                counts.CountReopened();
                Log.ClientReopened(logger, open.ConnectionId, tunnelId, agent.InstanceId, e.End);
                await stream.DisposeAsync();
            }
            catch (MuxStreamException)
            {
                return stream;
            }
            finally
            {
                unanswered.TryRemove(stream, out _);
            }
        }

        return null;
    }

    /// <summary>Readable without a byte to read: closed or reset. A client that goes on talking has bytes there.</summary>
    private static bool HasLeft(Socket client)
    {
        try
        {
            return client.Poll(0, SelectMode.SelectRead) && client.Available == 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    private async Task RefuseAsync(Socket socket, IPEndPoint client, IngressRefusal refusal, TunnelRoute? tunnel)
    {
        metrics.ClientRefused(refusal);
        if (tunnel is not null)
        {
            traffic.Of(tunnel.Id).CountRefused();
        }

        Log.ClientRefused(logger, client, refusal, tunnel?.Id ?? "");
        if (IngressPolicy.AlertFor(refusal) is not { } alert)
        {
            return; // closed without a word
        }

        try
        {
            await socket.SendAsync(TlsAlerts.Record(alert), SocketFlags.None);
            socket.Shutdown(SocketShutdown.Both); // sends the alert ahead of the close, whatever is still unread
        }
        catch (SocketException)
        {
            // The client has left.
        }
    }

    /// <summary>RST instead of FIN, so that a cut-off answer does not look like a whole one (W11).</summary>
    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }
    }

    private string NextConnectionId() =>
        "c" + Interlocked.Increment(ref nextConnection).ToString(CultureInfo.InvariantCulture);

    private static void Return(ref byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
        }
    }

    private static IngressRefusal RefusalOf(HelloVerdict verdict) =>
        verdict switch
        {
            HelloVerdict.Complete => IngressRefusal.None,
            HelloVerdict.NoServerName => IngressRefusal.NoServerName,
            HelloVerdict.TooLarge => IngressRefusal.HelloTooLarge,
            HelloVerdict.NotTls => IngressRefusal.NotTls,
            _ => IngressRefusal.MalformedHello,
        };
}
