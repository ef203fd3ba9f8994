using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Culvert.Platform.Addresses;
using Culvert.Tunnel.Agent.InnerTls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>
/// The port for a provider's connector: WebSockets with any path, and TCP connections that start with TLS.
/// </summary>
internal sealed class ConnectorListener : IAsyncDisposable
{
    private const byte TlsHandshake = 22; // RFC 8446 §5.1

    // The time limit for the first byte, and for the head of a request.
    private static readonly TimeSpan FirstBytes = TimeSpan.FromSeconds(10);

    // Shorter than the time after which proxies on the path close silent connections.
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(30);

    private readonly WebApplication app;
    private readonly UnbindingFactory transport;
    private readonly ConnectorSettings settings;
    private readonly TimeProvider time;
    private readonly Func<Carrier, Task> serve;
    private readonly Action<ConnectorRefusal, string> refuse;
    private int open;

    /// <param name="serve">Serves a client until its connection is over.</param>
    /// <param name="refuse">Called with the reason and the id of a refused connection.</param>
    public ConnectorListener(
        ConnectorSettings settings,
        Func<Carrier, Task> serve,
        Action<ConnectorRefusal, string> refuse,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        (this.settings, this.serve, this.refuse, this.time) = (settings, serve, refuse, time);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        transport = new UnbindingFactory(
            new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers)
        );
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IConnectionListenerFactory>(transport);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(Configure);
        app = builder.Build();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = PingInterval });
        app.Run(HandleAsync);
    }

    /// <summary>Returns the address, with the port that the system chose.</summary>
    /// <exception cref="IOException">The address is in use, or does not belong to this machine.</exception>
    public async Task<IPEndPoint> StartAsync(CancellationToken cancellationToken)
    {
        await app.StartAsync(cancellationToken);
        var urls = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return IPEndPoint.Parse(new Uri(urls.First()).Authority);
    }

    /// <summary>Accepts no more connections; open connections continue.</summary>
    public ValueTask UnbindAsync() => transport.UnbindAsync();

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        try
        {
            await app.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // Expected: the token is already cancelled, so the stop does not wait.
        }

        await app.DisposeAsync();
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.RequestHeadersTimeout = FirstBytes;
        kestrel.Limits.KeepAliveTimeout = FirstBytes;
        kestrel.Listen(
            settings.Listen,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => connection => AcceptAsync(connection, next));
            }
        );
    }

    private async Task AcceptAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (Interlocked.Increment(ref open) > settings.MaxConnections)
        {
            Interlocked.Decrement(ref open);
            refuse(ConnectorRefusal.TooManyConnections, connection.ConnectionId);
            return;
        }

        try
        {
            switch (await PeekAsync(connection))
            {
                case null:
                    break; // closed without a byte, as by port probes
                case TlsHandshake:
                    await using (var stream = new PipeStream(connection.Transport))
                    {
                        await serve(new SocketCarrier(connection, stream));
                    }

                    break;
                case >= (byte)'A' and <= (byte)'Z': // a method (RFC 9110 §9.1)
                    await next(connection);
                    break;
                default:
                    refuse(ConnectorRefusal.NotTls, connection.ConnectionId);
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            refuse(ConnectorRefusal.HandshakeTimeout, connection.ConnectionId);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // The connector is gone.
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    // Returns the first byte without consuming it; null if there is none.
    private async Task<byte?> PeekAsync(ConnectionContext connection)
    {
        using var limit = new CancellationTokenSource(FirstBytes, time);
        PipeReader input = connection.Transport.Input;
        var read = await input.ReadAsync(limit.Token);
        byte? first = read.Buffer.IsEmpty ? null : read.Buffer.FirstSpan[0];
        input.AdvanceTo(read.Buffer.Start);
        return first;
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            refuse(ConnectorRefusal.NotUpgrade, context.Connection.Id);
            await AnswerAsync(context);
            return;
        }

        if (IsFromBrowser(context))
        {
            refuse(ConnectorRefusal.FromBrowser, context.Connection.Id);
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        // Any subprotocol is accepted; clients that request one may require an answer (RFC 6455 §4.1).
        var protocols = context.WebSockets.WebSocketRequestedProtocols;
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(
            protocols.Count > 0 ? protocols[0] : null
        );
        await serve(new WebSocketCarrier(socket, context));
    }

    // Any page may open a WebSocket to this machine (RFC 6455 §10.2), and a name that resolves to it makes the page
    // same-origin. Connectors send no Origin, and connect to a loopback address by the address or as localhost.
    private static bool IsFromBrowser(HttpContext context)
    {
        var request = context.Request;
        return request.Headers.Origin.Count > 0
            || request.Headers.Keys.Any(name => name.StartsWith("Sec-Fetch-", StringComparison.OrdinalIgnoreCase))
            || (
                context.Connection.LocalIpAddress is { } local
                && IPAddress.IsLoopback(local)
                && !HostName.AreSame(request.Host.Host, "localhost")
                && !IPAddress.TryParse(request.Host.Host, out _)
            );
    }

    // RFC 9110 §15.5.22, RFC 6455 §4.4
    private static Task AnswerAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status426UpgradeRequired;
        response.Headers.Upgrade = "websocket";
        response.Headers.Connection = "Upgrade, close";
        response.Headers.SecWebSocketVersion = "13";
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(
            "upgrade_required: this port is for the connector of a tunnel. It takes WebSockets, and TCP connections that begin with TLS.\n",
            context.RequestAborted
        );
    }
}
