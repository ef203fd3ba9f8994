using System.Net;
using System.Net.Sockets;

namespace Culvert.Tunnel.Edge.Hosting;

/// <summary>Raw listening sockets that share one handler; a relay needs nothing of a web server.</summary>
internal sealed class TcpListeners : IAsyncDisposable
{
    private const int Backlog = 4096;

    // Pause when descriptors or memory are exhausted: accepting again at once would only spin.
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly string name;
    private readonly List<Socket> sockets = [];
    private readonly List<IPEndPoint> endPoints = [];
    private CancellationTokenSource stopped = new();
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private Func<Socket, Task>? handler;
    private Task[] loops = [];

    private TcpListeners(string name, TimeProvider time, ILogger logger)
    {
        this.name = name;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>The listening addresses, with the ports that the system chose.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => endPoints;

    /// <summary>False between <see cref="CloseAsync"/> and a successful <see cref="TryReopen"/>.</summary>
    public bool IsOpen => sockets.Count == endPoints.Count;

    /// <summary>Binds all addresses, or none.</summary>
    /// <exception cref="ListenException">An address is in use or not available on this machine.</exception>
    public static TcpListeners Bind(
        string name,
        string configurationKey,
        IReadOnlyList<IPEndPoint> endPoints,
        TimeProvider time,
        ILogger logger
    )
    {
        var listeners = new TcpListeners(name, time, logger);
        foreach (var endPoint in endPoints)
        {
            try
            {
                var socket = Listen(endPoint);
                listeners.sockets.Add(socket);
                listeners.endPoints.Add((IPEndPoint)socket.LocalEndPoint!);
            }
            catch (SocketException e)
            {
                listeners.sockets.ForEach(s => s.Dispose());
                throw new ListenException($"{configurationKey}: {endPoint} cannot be listened on: {e.Message}", e);
            }
        }

        foreach (var endPoint in listeners.EndPoints)
        {
            Log.Listening(logger, name, endPoint);
        }

        return listeners;
    }

    /// <summary>Starts to accept. The handler owns each socket and never throws.</summary>
    public void Start(Func<Socket, Task> handle)
    {
        handler = handle;
        loops = [.. sockets.Select(s => AcceptAsync(s, handle, stopped.Token))];
    }

    public async Task StopAsync()
    {
        await stopped.CancelAsync();
        await Task.WhenAll(loops);
        sockets.ForEach(AcceptWaiting);
        sockets.ForEach(s => s.Dispose());
    }

    /// <summary>Closes the sockets and the pending connections, because the edge may not serve now.</summary>
    public async Task CloseAsync()
    {
        await stopped.CancelAsync();
        await Task.WhenAll(loops);
        sockets.ForEach(s => s.Dispose());
        sockets.Clear();
    }

    /// <summary>Listens again after <see cref="CloseAsync"/>; false while another program uses an address.</summary>
    public bool TryReopen()
    {
        try
        {
            foreach (var endPoint in endPoints)
            {
                sockets.Add(Listen(endPoint));
            }
        }
        catch (SocketException e)
        {
            sockets.ForEach(s => s.Dispose());
            sockets.Clear();
            Log.ReopenFailed(logger, name, e.SocketErrorCode);
            return false;
        }

        stopped.Dispose();
        stopped = new CancellationTokenSource();
        Start(handler!);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stopped.Dispose();
    }

    /// <summary>Accepts the connections that are still in the backlog: closing the listener would reset them.</summary>
    private void AcceptWaiting(Socket listener)
    {
        try
        {
            while (handler is { } handle && listener.Poll(0, SelectMode.SelectRead))
            {
                _ = handle(listener.Accept());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The listener is closed, or the client has disconnected.
        }
    }

    private async Task AcceptAsync(Socket listener, Func<Socket, Task> handle, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptAsync(stop);
                _ = handle(socket);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                Log.AcceptFailed(logger, name, e.SocketErrorCode);
                await PauseAsync(stop);
            }
        }
    }

    private async Task PauseAsync(CancellationToken stop)
    {
        try
        {
            await Task.Delay(AcceptPause, time, stop);
        }
        catch (OperationCanceledException)
        {
            // The loop sees the cancellation.
        }
    }

    /// <summary>Opens one listening socket.</summary>
    /// <exception cref="SocketException">The address is in use or not available on this machine.</exception>
    public static Socket Listen(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = endPoint.Address.Equals(IPAddress.IPv6Any); // [::] takes IPv4 too
            }

            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
