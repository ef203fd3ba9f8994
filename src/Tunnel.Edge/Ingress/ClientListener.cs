using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Telemetry;
using Culvert.Platform.Timing;
using Culvert.Platform.Tls;
using Culvert.Tunnel.Edge.Forwarding;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Edge.Telemetry;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>What both ingresses do: they count clients until their stream is open, read hellos, and record refusals.</summary>
/// <param name="spanName">The name of each connection's span.</param>
internal abstract class ClientListener(SniOptions options, IngressParts parts, string spanName, ILogger logger)
{
    private volatile SniOptions current = options;
    private int arriving;

    /// <summary>Clients whose stream is not open yet. An edge that stops connects these to an agent first.</summary>
    public int Arriving => Volatile.Read(ref arriving);

    protected SniOptions Current => current;

    protected IngressParts Parts => parts;

    public void Use(SniOptions next) => current = next;

    public async Task ServeAsync(Socket socket, IPEndPoint client, CancellationToken cancellationToken)
    {
        var isArriving = 1;
        Interlocked.Increment(ref arriving);
        using var span = ConnectionSpan.Begin(parts.Traces, spanName, parts.Time);
        try
        {
            await ServeAsync(socket, client, span, Arrive, cancellationToken);
        }
        finally
        {
            Arrive();
        }

        void Arrive()
        {
            if (Interlocked.Exchange(ref isArriving, 0) == 1)
            {
                Interlocked.Decrement(ref arriving);
            }
        }
    }

    /// <param name="placed">Called when the client's stream is open.</param>
    protected abstract Task ServeAsync(
        Socket socket,
        IPEndPoint client,
        ConnectionSpan? span,
        Action placed,
        CancellationToken cancellationToken
    );

    protected async Task<(IngressRefusal Refusal, ClientHello? Hello)> ReadHelloAsync(
        ClientTransport transport,
        FirstBytes hello,
        SniOptions now,
        CancellationToken cancellationToken
    )
    {
        using var deadline = new TimeLimit(now.HandshakeTimeout, parts.Time, cancellationToken);
        var (refusal, read, length) = await HelloReading.ReadAsync(
            transport,
            hello.Buffer,
            now.MaxHelloBytes,
            deadline.Token
        );
        cancellationToken.ThrowIfCancellationRequested();
        hello.Length = length;
        return (refusal, read);
    }

    protected void Record(IPEndPoint client, IngressRefusal refusal, TunnelRoute? tunnel, ConnectionSpan? span)
    {
        parts.Metrics.ClientRefused(refusal.ToString());
        span?.Refuse(refusal.ToString(), tunnel?.Id);
        if (tunnel is not null)
        {
            parts.Traffic.GetOrAdd(tunnel).CountRefused();
        }

        Log.ClientRefused(logger, client, refusal, tunnel?.Id ?? "");
    }
}

/// <summary>What both listeners for clients work with.</summary>
internal sealed record IngressParts(
    EdgeState State,
    ClientForwarder Forwarder,
    TunnelTrafficRegistry Traffic,
    EdgeMetrics Metrics,
    TimeProvider Time,
    Traces? Traces
);
