using System.Buffers;
using System.Text;
using Culvert.Tunnel.Agent.Upstreams;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>
/// The HTTP server inside the tunnel: Kestrel on tunnel streams, HTTP/1.1 and HTTP/2 by ALPN. It is a server of its
/// own, so its limits concern tunnel traffic alone. Requests go straight to <see cref="InnerApplication"/>, without
/// the middleware pipeline.
/// </summary>
internal sealed class InnerServer : IAsyncDisposable
{
    private readonly TunnelListener listener = new();
    private readonly WebApplication host;
    private readonly IServer server;
    private readonly MemoryPool<byte> memory;
    private readonly InnerApplication application;

    public InnerServer(
        InnerServerOptions options,
        InnerHandshake handshake,
        InnerApplication application,
        ILoggerFactory loggers
    )
    {
        this.application = application;

        // Only Kestrel's parts are taken from the builder; the web host itself is never started.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IConnectionListenerFactory>(new TunnelListenerFactory(listener));
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options, handshake));
        host = builder.Build();
        server = host.Services.GetRequiredService<IServer>();
        memory = host.Services.GetRequiredService<IMemoryPoolFactory<byte>>().Create();
    }

    public Task StartAsync(CancellationToken cancellationToken) => server.StartAsync(application, cancellationToken);

    /// <summary>Hands a connection to the server; false, the connection untouched, if it cannot take it.</summary>
    public bool TryOffer(InnerConnection connection)
    {
        connection.UseMemory(memory);
        return listener.TryOffer(connection);
    }

    /// <summary>Takes no more streams, asks open connections to end, aborts them when the token fires.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        memory.Dispose();
    }

    private static void Configure(KestrelServerOptions kestrel, InnerServerOptions options, InnerHandshake handshake)
    {
        kestrel.AddServerHeader = false;

        // P4: header bytes beyond ASCII cross unchanged. Latin-1 maps each byte to one character and back.
        kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;

        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.MaxRequestHeadersTotalSize = options.MaxHeaderBytes;
        limits.MaxRequestHeaderCount = 512;
        limits.MaxRequestLineSize = Math.Min(options.MaxHeaderBytes, 16 * 1024);

        // P2: streams of events and slow uploads are normal here; idle time is bounded per route instead. Between
        // requests a connection may rest long: ending it races the client's next request.
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.KeepAliveTimeout = TimeSpan.FromHours(1);
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);

        // A product may multiplex all its sessions over one connection, each holding a stream of events.
        limits.Http2.MaxStreamsPerConnection = 1024;
        limits.Http2.InitialConnectionWindowSize = 4 * 1024 * 1024;
        limits.Http2.InitialStreamWindowSize = 1024 * 1024;
        limits.Http2.MaxRequestHeaderFieldSize = options.MaxHeaderBytes;

        kestrel.Listen(
            TunnelEndPoint.Instance,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.Use(InnerConnection.Start);
                listen.Use(handshake.Use);
                listen.Use(InnerConnection.Agree);
            }
        );
    }
}
