using System.Net;
using Culvert.Platform.Timing;
using Culvert.Platform.Tls;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Tunnels;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>
/// A tunnel behind a connector: a listener, and an HTTP server inside the TLS connections of its clients. An error
/// affects only this tunnel: others, and the tunnel to the agent's own edges, continue.
/// </summary>
internal sealed class ConnectorTunnel : IProviderTunnel<ConnectorSettings>
{
    // Covers the client's round trips through the provider; a client that stalls must not hold a connection for long.
    private static readonly TimeSpan HelloTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenWatches = TimeSpan.FromSeconds(1);
    private static readonly Backoff AfterFailure = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));

    private readonly ConnectorSettings settings;
    private readonly ConnectorParts parts;
    private readonly ILogger logger;
    private readonly RouteMap map = new();
    private readonly LeafSlot leaves;
    private readonly LeafFiles files;
    private readonly InnerServer server;
    private readonly OpenConnections connections;
    private readonly IPEndPoint client;
    private volatile string? listenProblem = "The agent does not listen yet.";
    private volatile IPEndPoint listening;
    private ConnectorRoutes routes = ConnectorRoutes.None;
    private long lastConnection; // ticks of UTC; 0 = none

    public ConnectorTunnel(ConnectorSettings settings, ConnectorParts parts)
    {
        (this.settings, this.parts, listening) = (settings, parts, settings.Listen);
        logger = parts.Loggers.CreateLogger<ConnectorTunnel>();
        leaves = settings.IsIssued
            ? parts.Issued.Get(settings.Domain)
            : new LeafSlot(settings.Protocols, parts.Time, parts.Loggers.CreateLogger<LeafSlot>());
        files = new LeafFiles(
            settings.CertificateFile,
            settings.KeyFile,
            parts.Time,
            parts.Loggers.CreateLogger<LeafFiles>()
        );
        server = new InnerServer(
            new InnerServerOptions(settings.MaxConnections, settings.MaxHeaderBytes),
            new InnerHandshake(
                leaves,
                name => map.Current.Find(name) is not null,
                parts.Time,
                parts.Loggers.CreateLogger<InnerHandshake>()
            ),
            parts.CreateApplication(map),
            parts.Loggers
        );
        connections = new OpenConnections(parts.Time);
        client = ProviderAddress.Create(settings.Domain);
    }

    public ConnectorSettings Settings => settings;

    public ConnectorStatus Status =>
        new(
            settings.Domain,
            listening,
            connections.Count,
            Volatile.Read(ref lastConnection) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null,
            FindProblem()
        )
        {
            CertificateExpires = leaves.Current?.Pair.NotAfter,
        };

    public void Apply(ConnectorRoutes next)
    {
        if (Interlocked.Exchange(ref routes, next) != next)
        {
            map.Swap(
                new RouteTable(
                    settings.Domain,
                    next.IsActive,
                    [.. next.All.Where(r => settings.Routes.Contains(r.Name, StringComparer.Ordinal))]
                )
            );
        }
    }

    /// <summary>Listens until stopped, then lets running calls finish.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var over = new CancellationTokenSource();
        await server.StartAsync(CancellationToken.None);
        files.Reload(leaves);
        var watching = WatchAsync(over.Token);
        var reading = settings.IsIssued ? Task.CompletedTask : files.RunAsync(leaves, over.Token);
        try
        {
            await using var listener = await ListenAsync(stop);
            await Task.Delay(Timeout.InfiniteTimeSpan, parts.Time, stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            listenProblem = "The agent is stopping.";
            Log.ConnectorEnded(logger, settings.Domain, connections.Count);
            await DrainAsync(listener);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It was stopped before it could listen.
        }

        await over.CancelAsync();
        await Task.WhenAll(watching, reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await server.StopAsync(now.Token);
        await server.DisposeAsync();
    }

    public void Dispose()
    {
        // RunAsync releases all resources at its end.
    }

    private async Task<ConnectorListener> ListenAsync(CancellationToken stop)
    {
        for (var failures = 1; ; failures++)
        {
            var listener = new ConnectorListener(settings, ServeAsync, Refuse, parts.Time, parts.Loggers);
            try
            {
                listening = await listener.StartAsync(stop);
                listenProblem = null;
                Log.ConnectorListening(logger, settings.Domain, listening);
                if (!IPAddress.IsLoopback(listening.Address))
                {
                    Log.DangerousConnectorAddress(logger, settings.Domain, listening);
                }

                return listener;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Another tunnel or program may release the address soon.
                await listener.DisposeAsync();
                Fail($"{settings.Listen}: {e.Message}");
            }

            await Task.Delay(AfterFailure.After(failures, Jitter.Unit()), parts.Time, stop);
        }
    }

    private void Fail(string problem)
    {
        if (problem != listenProblem)
        {
            listenProblem = problem;
            Log.ConnectorFailed(logger, settings.Domain, problem);
        }
    }

    private async Task DrainAsync(ConnectorListener listener)
    {
        await listener.UnbindAsync();
        using var limit = new CancellationTokenSource(settings.Drain, parts.Time);
        connections.Close(settings.Drain, limit.Token);
        try
        {
            while (FindRunning() is { Count: > 0 } running)
            {
                await Task.WhenAll(running).WaitAsync(limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            connections.Each(static c => ((ConnectorConnection)c).Cut());
        }
    }

    private List<Task> FindRunning()
    {
        var running = new List<Task>();
        connections.Each(c => running.Add(((ConnectorConnection)c).Over));
        return running;
    }

    private async Task ServeAsync(Carrier carrier)
    {
        try
        {
            await ServeSafelyAsync(carrier);
        }
        catch (Exception e)
        {
            // The root of a connection: an error in one must not end the next ones.
            Log.ConnectorFault(logger, settings.Domain, e);
            carrier.Abort();
        }
    }

    private async Task ServeSafelyAsync(Carrier carrier)
    {
        var pipes = new CarrierPipes(carrier, parts.Time);
        var (name, refusal) = await ReadServerNameAsync(pipes, carrier);
        if (refusal is { } reason)
        {
            await RefuseAsync(pipes, carrier.Id, reason);
            return;
        }

        var id = $"{settings.Domain}/{carrier.Id}";
        var connection = new ConnectorConnection(id, pipes, name, client, parts.Time, connections.Remove);
        var isLate = connections.Add(connection);
        // Set before the connection is offered: a client may have its answer before this method continues.
        Volatile.Write(ref lastConnection, parts.Time.GetUtcNow().UtcTicks);
        if (!server.TryOffer(connection, out var problem))
        {
            connections.Remove(connection);
            Log.ConnectorRefused(logger, settings.Domain, carrier.Id, problem);
            await RefuseAsync(pipes, carrier.Id, ConnectorRefusal.NotAccepted);
            return;
        }

        parts.Metrics.Connected(settings.Domain, carrier is WebSocketCarrier ? "websocket" : "tcp");
        if (isLate)
        {
            connection.CloseAfterAnswer();
        }

        await connection.Over;
        if (carrier.Violation is { } violation)
        {
            Refuse(violation, carrier.Id);
        }
    }

    // S23: a client that is not served is refused before any other work.
    private async Task<(string Name, ConnectorRefusal? Refusal)> ReadServerNameAsync(
        CarrierPipes pipes,
        Carrier carrier
    )
    {
        using var limit = new CancellationTokenSource(HelloTime, parts.Time);
        try
        {
            var hello = await HelloPeek.ReadAsync(pipes.Input, limit.Token);
            return hello is null ? ("", carrier.Violation ?? ConnectorRefusal.NoServerName)
                : parts.FindClosure() is not null ? ("", ConnectorRefusal.NotServing)
                : map.Current.Find(hello.ServerName) is null ? ("", ConnectorRefusal.UnknownServerName)
                : (hello.ServerName, null);
        }
        catch (OperationCanceledException)
        {
            return ("", ConnectorRefusal.HandshakeTimeout);
        }
        catch (IOException)
        {
            return ("", carrier.Violation ?? ConnectorRefusal.NoServerName);
        }
    }

    private async Task RefuseAsync(CarrierPipes pipes, string id, ConnectorRefusal reason)
    {
        Refuse(reason, id);
        TlsAlert? alert = reason switch
        {
            ConnectorRefusal.UnknownServerName => TlsAlert.UnrecognizedName,
            ConnectorRefusal.NotServing or ConnectorRefusal.NotAccepted => TlsAlert.InternalError,
            _ => null,
        };
        if (alert is { } description)
        {
            await pipes.Output.WriteAsync(TlsAlerts.Record(description));
        }

        await pipes.Input.CompleteAsync();
        await pipes.Output.CompleteAsync();
        await pipes.DisposeAsync();
    }

    private void Refuse(ConnectorRefusal reason, string id)
    {
        parts.Metrics.Refused(settings.Domain, reason);
        if (reason != ConnectorRefusal.NotAccepted) // already logged with more detail
        {
            Log.ConnectorRefused(logger, settings.Domain, id, ConnectorRefusals.Describe(reason));
        }
    }

    // S10: after a certificate was withdrawn, the agent stops serving within 5 s. Idle connections are closed too.
    private async Task WatchAsync(CancellationToken over)
    {
        using var timer = new PeriodicTimer(BetweenWatches, parts.Time);
        while (await timer.WaitForNextTickAsync(over))
        {
            var isWithdrawn = parts.IsWithdrawn();
            connections.Each(c =>
            {
                var connection = (ConnectorConnection)c;
                if (isWithdrawn)
                {
                    connection.Cut();
                }
                else if (connection.IdleTime >= settings.IdleTimeout)
                {
                    Refuse(ConnectorRefusal.Idle, connection.ConnectionId);
                    connection.Cut();
                }
            });
        }
    }

    private string? FindProblem() =>
        listenProblem
        ?? parts.FindClosure()
        ?? ConnectorCertificate.FindProblem(
            leaves,
            files.Problem,
            settings.IsIssued ? parts.FindIssueFailure(settings.Domain) : null,
            map.Current,
            settings
        )
        ?? (
            map.Current.Unserved is { Count: > 0 } unserved
                ? $"Not served, as an audience is another route's resource: {string.Join(", ", unserved)}."
                : null
        );
}
