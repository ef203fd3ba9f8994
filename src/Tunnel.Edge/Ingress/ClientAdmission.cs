using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Addresses;
using Culvert.Platform.Net;
using Culvert.Platform.Timing;
using Culvert.Tunnel.Edge.Telemetry;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>
/// Admits clients before an ingress reads a byte: checks the edge's capacity, the load balancer's header if one is required,
/// and the limits of the client's address. Both ingresses share one instance.
/// </summary>
internal sealed class ClientAdmission(
    ClientOptions options,
    ProxyProtocolOptions proxy,
    EdgeMetrics metrics,
    TimeProvider time,
    ILogger<ClientAdmission> logger
)
{
    private readonly SourceLimiter sources = new(options.PerSource, options.NewPerSource, time);
    private volatile ClientOptions options = options;
    private volatile ProxyProtocolOptions proxy = proxy;
    private int connections;
    private int reading;

    public int Connections => Volatile.Read(ref connections);

    /// <summary>Clients whose PROXY header is still being read. No listener counts them as arriving yet.</summary>
    public int Reading => Volatile.Read(ref reading);

    public void Use(ClientOptions nextOptions, ProxyProtocolOptions nextProxy)
    {
        (options, proxy) = (nextOptions, nextProxy);
        sources.Use(nextOptions.PerSource, nextOptions.NewPerSource);
    }

    /// <summary>Takes ownership of an accepted socket. Completes when its connection is closed; never throws.</summary>
    public async Task ServeAsync(
        Socket socket,
        Func<Socket, IPEndPoint, CancellationToken, Task> serve,
        CancellationToken cancellationToken
    )
    {
        IPEndPoint? client = null;
        var entered = false;
        var isReading = true;
        var here = Interlocked.Increment(ref connections);
        Interlocked.Increment(ref reading);
        try
        {
            var remote = (IPEndPoint)socket.RemoteEndPoint!;
            client = new IPEndPoint(AddressRanges.Normalise(remote.Address), remote.Port);
            if (here > options.MaxConnections)
            {
                Refuse(client, IngressRefusal.EdgeFull);
                return;
            }

            socket.NoDelay = true;
            ProbeWhenIdle(socket);
            if (proxy is { Required: true } required)
            {
                (var refusal, client) = await ReadProxyAsync(socket, client, required, cancellationToken);
                if (refusal != IngressRefusal.None)
                {
                    Refuse(client, refusal);
                    return;
                }
            }

            entered = sources.TryEnter(client.Address);
            if (!entered)
            {
                Refuse(client, IngressRefusal.SourceLimit);
                return;
            }

            var serving = serve(socket, client, cancellationToken); // counts the client before its first await
            isReading = false;
            Interlocked.Decrement(ref reading);
            await serving;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // An error of one connection must not stop the listener.
            Log.ClientFaulted(logger, e, client);
        }
        finally
        {
            Interlocked.Decrement(ref connections);
            if (isReading)
            {
                Interlocked.Decrement(ref reading);
            }

            if (entered)
            {
                sources.Release(client!.Address);
            }

            socket.Dispose();
        }
    }

    /// <summary>Detects a vanished client after two minutes instead of the system's two hours.</summary>
    private static void ProbeWhenIdle(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 15);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
    }

    /// <summary>Removes idle addresses. Call about every second.</summary>
    public void Sweep() => sources.Sweep();

    /// <summary>Reads exactly the header: the bytes after it are the client's.</summary>
    private async Task<(IngressRefusal Refusal, IPEndPoint Client)> ReadProxyAsync(
        Socket socket,
        IPEndPoint peer,
        ProxyProtocolOptions required,
        CancellationToken cancellationToken
    )
    {
        if (!required.TrustedProxies.Contains(peer.Address))
        {
            return (IngressRefusal.ProxyUntrusted, peer);
        }

        using var deadline = new TimeLimit(required.HeaderTimeout, time, cancellationToken);
        try
        {
            var head = new byte[ProxyHeader.FixedBytes];
            await ReadExactlyAsync(socket, head, deadline.Token);
            if (ProxyHeader.RestLength(head) is not (>= 0 and var length))
            {
                return (IngressRefusal.ProxyHeader, peer);
            }

            var rest = new byte[length];
            await ReadExactlyAsync(socket, rest, deadline.Token);
            return ProxyHeader.TryRead(head, rest, out var client)
                ? (IngressRefusal.None, client ?? peer)
                : (IngressRefusal.ProxyHeader, peer);
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (IngressRefusal.ProxyHeader, peer);
        }
    }

    private static async Task ReadExactlyAsync(Socket socket, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            var read = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
            buffer = read > 0 ? buffer[read..] : throw new EndOfStreamException();
        }
    }

    private void Refuse(IPEndPoint client, IngressRefusal refusal)
    {
        metrics.ClientRefused(refusal.ToString());
        Log.ClientRefused(logger, client, refusal, ""); // closed without an alert
    }
}
