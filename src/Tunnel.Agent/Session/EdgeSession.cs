using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Protocol;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Lifetime;
using Culvert.Tunnel.Protocol.Streams;

namespace Culvert.Tunnel.Agent.Session;

/// <summary>An outer connection in use: passes its streams to the inner server and drains them at the end.</summary>
internal sealed class EdgeSession : IAsyncDisposable
{
    private readonly MuxConnection mux;
    private readonly InnerServer server;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly OpenConnections connections;
    private readonly CancellationTokenSource over = new();
    private readonly Action<InnerConnection> remove; // shared by all connections

    public EdgeSession(
        MuxConnection mux,
        InnerServer server,
        string certificateSerial,
        string peerSerial,
        TimeProvider time,
        ILogger logger
    )
    {
        this.mux = mux;
        this.server = server;
        this.time = time;
        this.logger = logger;
        connections = new OpenConnections(time);
        remove = connections.Remove;
        CertificateSerial = certificateSerial;
        PeerSerial = peerSerial;
        Completion = RunAsync();
    }

    /// <summary>The serial of the agent's platform certificate on this connection.</summary>
    public string CertificateSerial { get; }

    public string PeerSerial { get; }

    /// <summary>The value that the agent sent in HELLO.</summary>
    public int MaxStreams { get; init; }

    public Task Completion { get; }

    /// <summary>Completes when the edge has sent HELLO; throws if the connection closes before.</summary>
    public Task Hello => mux.PeerHello;

    /// <summary>Completes with the edge's GOAWAY; cancelled if the connection ends without one.</summary>
    public Task<PeerGoAway> GoingAway => mux.PeerGoAway;

    public bool IsOver => Completion.IsCompleted;

    /// <summary>True while the edge can open streams for clients on this connection.</summary>
    public bool IsServing =>
        !IsOver
        && mux.PeerHello.IsCompletedSuccessfully
        && !mux.PeerGoAway.IsCompletedSuccessfully
        && !connections.IsClosing;

    public int OpenStreams => mux.OpenStreams;

    public MuxOutcome? Outcome => mux.Outcome;

    /// <summary>Accepts no more streams; running ones may finish within <paramref name="drain"/> (W13).</summary>
    public void Drain(ConnectionErrorCode code, TimeSpan drain, string text)
    {
        mux.GoAway(code, drain, text);
        Close(drain);
    }

    public void Close(TimeSpan drain) => connections.Close(drain, over.Token);

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await mux.DisposeAsync();
        await Completion;
    }

    private async Task RunAsync()
    {
        var running = mux.RunAsync(over.Token);
        try
        {
            while (await mux.AcceptAsync(over.Token) is { } stream)
            {
                Accept(stream);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed; the loop ends as well.
        }

        await running;
        await over.CancelAsync();
    }

    private void Accept(MuxStream stream)
    {
        var connection = new EdgeConnection(stream, time, remove);
        var isLate = connections.Add(connection);
        if (!server.TryOffer(connection, out var problem))
        {
            // The edge may use another agent for the client (W12).
            Log.InnerConnectionRefused(logger, stream.Open.ConnectionId, problem);
            connections.Remove(connection);
            stream.Abort(StreamErrorCode.Refused);
            _ = stream.DisposeAsync().AsTask();
            return;
        }

        if (isLate)
        {
            connection.CloseAfterAnswer();
        }
    }
}
