using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Culvert.Tunnel.Agent.Requests;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>
/// The HTTP server inside the tunnel: Kestrel on tunnel streams, HTTP/1.1 and HTTP/2 by ALPN. It is separate from the
/// agent's other servers, so its limits apply only to tunnel traffic. Requests go directly to the application, without
/// the middleware pipeline.
/// </summary>
internal sealed class InnerServer : IAsyncDisposable
{
    private readonly TunnelListener listener = new();
    private readonly WebApplication host;
    private readonly IServer server;
    private readonly MemoryPool<byte> memory;
    private readonly IHttpApplication<Exchange> application;
    private readonly InnerHandshake handshake;
    private KestrelServerLimits? limits; // set while the server is built
    private volatile InnerServerOptions options;
    private int open;

    public InnerServer(
        InnerServerOptions options,
        InnerHandshake handshake,
        IHttpApplication<Exchange> application,
        ILoggerFactory loggers
    )
    {
        (this.application, this.handshake, this.options) = (application, handshake, options);

        // The builder only creates Kestrel's parts; the web host itself is never started.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IConnectionListenerFactory>(new TunnelListenerFactory(listener));
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            limits = kestrel.Limits;
            Configure(kestrel, options, handshake);
        });
        host = builder.Build();
        server = host.Services.GetRequiredService<IServer>();
        memory = host.Services.GetRequiredService<IMemoryPoolFactory<byte>>().Create();
    }

    public Task StartAsync(CancellationToken cancellationToken) => server.StartAsync(application, cancellationToken);

    /// <summary>Sets other limits: for new connections; that of headers also for the next request of others.</summary>
    public void Use(InnerServerOptions next)
    {
        options = next;
        Apply(next, limits!);
    }

    /// <summary>Passes a connection to the server. False: it stays unchanged, for the edge to use another agent.</summary>
    /// <param name="problem">Why the server cannot accept it, and what an operator can do; for the log.</param>
    public bool TryOffer(InnerConnection connection, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (!handshake.CanServe(connection.ServerName))
        {
            problem = "the agent has no valid certificate for its server name. Run tunnel-agent doctor.";
            return false;
        }

        // Counted here and not by Kestrel, whose own limit is fixed at its start.
        if (Interlocked.Increment(ref open) > options.MaxConnections)
        {
            Interlocked.Decrement(ref open);
            problem = "tunnel.max_connections connections are open. Raise it, or run another agent.";
            return false;
        }

        connection.UseMemory(memory);
        connection.Closed = () => Interlocked.Decrement(ref open);
        if (listener.TryOffer(connection))
        {
            return true;
        }

        Interlocked.Decrement(ref open);
        problem = "the accept queue is full, as connections arrive faster than the agent can begin to serve them.";
        return false;
    }

    /// <summary>Accepts no more streams, requests open connections to close, aborts them when the token fires.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        memory.Dispose();
    }

    private static void Configure(KestrelServerOptions kestrel, InnerServerOptions options, InnerHandshake handshake)
    {
        kestrel.AddServerHeader = false;

        // P4: header bytes beyond ASCII pass unchanged. Latin-1 maps each byte to one character and back.
        kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;

        var limits = kestrel.Limits;
        Apply(options, limits);
        limits.MaxRequestHeaderCount = 512;

        // P2: event streams and slow uploads are normal here; each route limits idle time instead. Between requests a
        // connection may be idle for long: closing it would race with the client's next request.
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.KeepAliveTimeout = TimeSpan.FromHours(1);
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);

        // A product may multiplex all its sessions over one connection, each with an event stream.
        limits.Http2.MaxStreamsPerConnection = 1024;
        limits.Http2.InitialConnectionWindowSize = 4 * 1024 * 1024;
        limits.Http2.InitialStreamWindowSize = 1024 * 1024;

        kestrel.Listen(
            TunnelEndPoint.Instance,
            listen =>
            {
                // Both protocols are the default: if they were set here, Kestrel would warn that this endpoint has no TLS
                // of its own.
                listen.Use(InnerConnection.Start);
                listen.Use(handshake.Use);
                listen.Use(InnerConnection.Agree);
            }
        );
    }

    private static void Apply(InnerServerOptions options, KestrelServerLimits limits)
    {
        limits.MaxRequestHeadersTotalSize = options.MaxHeaderBytes;
        limits.MaxRequestLineSize = Math.Min(options.MaxHeaderBytes, 16 * 1024);
        limits.Http2.MaxRequestHeaderFieldSize = options.MaxHeaderBytes;
    }
}

/// <param name="MaxConnections">Concurrent inner TLS connections; further ones are refused, and the edge tries another
/// agent. Default 10,000.</param>
/// <param name="MaxHeaderBytes">All header fields of a request together. Default 64 KiB.</param>
internal sealed record InnerServerOptions(int MaxConnections, int MaxHeaderBytes);
