using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>
/// The port to which clients of other processes connect: their TLS passes unchanged into the tunnel, by its server
/// name.
/// </summary>
internal sealed class TunnelListener : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> connections = [];
    private Task accepting = Task.CompletedTask;

    public TunnelListener() => listener.Start();

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public void Serve(Tunnel tunnel, params string[] hosts) => accepting = AcceptAsync(tunnel, hosts);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(connections);
        stop.Dispose();
    }

    private async Task AcceptAsync(Tunnel tunnel, string[] hosts)
    {
        try
        {
            while (true)
            {
                connections.Add(RelayAsync(await listener.AcceptSocketAsync(stop.Token), tunnel, hosts));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task RelayAsync(Socket socket, Tunnel tunnel, string[] hosts)
    {
        await using var client = new NetworkStream(socket, ownsSocket: true);
        try
        {
            // The name is in the first message, in the clear; no parser is needed to tell names that a test chose apart.
            var hello = new byte[4096];
            var length = await client.ReadAsync(hello, stop.Token);
            var text = Encoding.Latin1.GetString(hello, 0, length);
            await using var inner = tunnel.OpenRaw(hosts.First(h => text.Contains(h, StringComparison.Ordinal)));
            await inner.WriteAsync(hello.AsMemory(0, length), stop.Token);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            await Task.WhenAny(client.CopyToAsync(inner, over.Token), inner.CopyToAsync(client, over.Token));
            await over.CancelAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // A side left, or the test is over.
        }
    }
}
