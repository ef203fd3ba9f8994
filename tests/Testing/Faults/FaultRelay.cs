using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Testing.Faults;

/// <summary>
/// A TCP path that can be bad, in user space, so that it needs no rights and runs anywhere: it passes connections on and
/// does to them what its script says. Chance comes from a seed, so that a run can be repeated.
/// </summary>
public sealed class FaultRelay : IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<FaultPath> paths = new();
    private readonly TimeProvider time;
    private readonly int seed;
    private readonly Task accepting;
    private int accepted;

    /// <param name="seed">Of everything left to chance.</param>
    /// <param name="time">The clock of delays; the system's when null.</param>
    /// <param name="port">Where it listens; 0 = on another port each time.</param>
    public FaultRelay(int seed = 1, TimeProvider? time = null, int port = 0)
    {
        this.seed = seed;
        this.time = time ?? TimeProvider.System;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(4096);
        accepting = AcceptAsync();
    }

    /// <summary>Where to connect instead of the target.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)listener.LocalEndPoint!;

    /// <summary>Where connections lead. Those that come while it is null are reset.</summary>
    public IPEndPoint? Target { get; set; }

    /// <summary>Whether connections are refused, as by a program that does not run.</summary>
    public bool IsDown { get; private set; }

    /// <summary>What new connections begin with.</summary>
    public (PathConditions Onward, PathConditions Back) New { get; set; } =
        (PathConditions.Clear, PathConditions.Clear);

    /// <summary>Every requested connection, whatever its result.</summary>
    public int Accepted => Volatile.Read(ref accepted);

    /// <summary>The connections that are open, oldest first.</summary>
    public IReadOnlyList<FaultPath> Open => [.. paths.Where(p => p.IsOpen)];

    /// <summary>The same for all connections, those to come too.</summary>
    public void Set(PathConditions onward, PathConditions back)
    {
        New = (onward, back);
        foreach (var path in Open)
        {
            (path.Onward, path.Back) = (onward, back);
        }
    }

    /// <summary>Resets what is open, and everything that comes until <see cref="Up"/>.</summary>
    public void Down()
    {
        IsDown = true;
        foreach (var path in Open)
        {
            path.Reset();
        }
    }

    public void Up() => IsDown = false;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        await accepting;
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                var near = await listener.AcceptAsync(stopping.Token);
                var number = Interlocked.Increment(ref accepted);
                running.RemoveAll(r => r.IsCompleted);
                running.Add(ServeAsync(near, seed + (2 * number)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }

        await Task.WhenAll(running);
    }

    private async Task ServeAsync(Socket near, int pathSeed)
    {
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (IsDown || Target is not { } target)
            {
                throw new SocketException((int)SocketError.ConnectionRefused);
            }

            near.NoDelay = far.NoDelay = true;
            await far.ConnectAsync(target, stopping.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            near.Close(0);
            far.Dispose();
            return;
        }

        var path = new FaultPath(near, far, New.Onward, New.Back, pathSeed, time);
        paths.Enqueue(path);
        if (IsDown)
        {
            path.Reset();
        }

        await path.RunAsync(stopping.Token);
    }
}
