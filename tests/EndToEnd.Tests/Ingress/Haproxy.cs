using System.Net;
using Culvert.Stage;

namespace Culvert.EndToEnd.Tests.Ingress;

/// <summary>A real haproxy that balances TCP over edges, asks their health, and says by PROXY header who comes.</summary>
internal sealed class Haproxy : IAsyncDisposable
{
    private readonly ProgramProcess process;

    private Haproxy(string folder, int port)
    {
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        process = new ProgramProcess(
            new ProgramCommand(
                "haproxy",
                Find(),
                ["-f", Path.Combine(folder, "haproxy.cfg")],
                new Dictionary<string, string>(),
                folder
            ),
            Path.Combine(folder, "haproxy.log"),
            TimeProvider.System
        );
    }

    public IPEndPoint EndPoint { get; }

    public string LogFile => process.LogFile;

    /// <param name="folder">For its own files.</param>
    /// <param name="port">Where clients come.</param>
    /// <param name="edges">Ports of clients and health.</param>
    public static Haproxy Start(string folder, int port, params (int Clients, int Health)[] edges)
    {
        Directory.CreateDirectory(folder);
        var servers = edges.Select(
            (edge, i) =>
                $"  server edge-{i} 127.0.0.1:{edge.Clients} check port {edge.Health} inter 300ms fall 1 rise 1 send-proxy-v2"
        );
        File.WriteAllText(
            Path.Combine(folder, "haproxy.cfg"),
            $"""
            global
              maxconn 2000
            defaults
              mode tcp
              timeout connect 5s
              timeout client 5m
              timeout server 5m
              timeout check 2s
              retries 3
              option redispatch 1
            frontend clients
              bind 127.0.0.1:{port}
              default_backend edges
            backend edges
              balance roundrobin
              option httpchk GET /readyz
              http-check expect status 200
            {string.Join('\n', servers)}

            """
        );
        var balancer = new Haproxy(folder, port);
        balancer.process.Start();
        return balancer;
    }

    public async ValueTask DisposeAsync()
    {
        await process.StopAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
        process.Dispose();
    }

    // As ./test found or unpacked it.
    private static string Find()
    {
        string[] places =
        [
            "/usr/sbin/haproxy",
            "/usr/local/sbin/haproxy",
            Path.Combine(Checkout.Find().Root, ".run", "haproxy", "haproxy"),
        ];
        return places.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("There is no haproxy here: ./test unpacks one under .run/haproxy.");
    }
}
