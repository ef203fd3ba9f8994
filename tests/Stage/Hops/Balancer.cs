using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Stage.Hops;

/// <summary>A real haproxy that balances TCP over what is ready.</summary>
internal sealed class Balancer : IAsyncDisposable
{
    public const string Name = "haproxy";

    // pxname, svname, …: haproxy's manual, 9.1.
    private const int StatusField = 17;

    private readonly string folder;
    private readonly TimeSpan checkEvery;
    private readonly IReadOnlyList<BalancedPort> ports;

    /// <param name="folder">For its own files.</param>
    /// <param name="logFile">Its log.</param>
    /// <param name="checkEvery">How often a server's health is asked; the first bad answer takes it out.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ports">Where clients come.</param>
    public Balancer(
        string folder,
        string logFile,
        TimeSpan checkEvery,
        TimeProvider time,
        params IReadOnlyList<BalancedPort> ports
    )
    {
        (this.folder, this.checkEvery, this.ports) = (folder, checkEvery, ports);
        Process = new ProgramProcess(
            new ProgramCommand(
                Name,
                Find(),
                ["-f", Path.Combine(folder, "haproxy.cfg")],
                new Dictionary<string, string>(),
                folder
            ),
            logFile,
            time
        );
    }

    public ProgramProcess Process { get; }

    /// <summary>Where clients of the first port come.</summary>
    public IPEndPoint EndPoint => new(IPAddress.Loopback, ports[0].Port);

    public void Start()
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "haproxy.cfg"), Configuration());
        Process.Start();
    }

    /// <summary>Whether it has found every server ready: until then, what goes next could be the only one that it knows.</summary>
    public async Task<bool> SeesAllAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(StatsSocket), cancellationToken);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync("show stat\n"u8.ToArray(), cancellationToken);
        using var reader = new StreamReader(stream);
        var lines = (await reader.ReadToEndAsync(cancellationToken)).Split('\n');
        return lines
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(','))
            .Where(fields => fields.Length > StatusField && fields[1] is not ("FRONTEND" or "BACKEND"))
            .All(fields => fields[StatusField] == "UP");
    }

    public async ValueTask DisposeAsync()
    {
        await Process.StopAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
        Process.Dispose();
        File.Delete(StatsSocket);
    }

    // A long poll lasts half a minute, and MCP streams much longer: what is open stays open.
    private string Configuration() =>
        $"""
            global
              maxconn 2000
              stats socket {StatsSocket} mode 600
            defaults
              mode tcp
              timeout connect 5s
              timeout client 5m
              timeout server 5m
              timeout check 2s
              retries 3
              option redispatch 1

            """ + string.Concat(ports.Select(Section));

    private string Section(BalancedPort port)
    {
        var binds = string.Join('\n', Loopback.Addresses.Select(a => $"  bind {Bracketed(a)}:{port.Port}"));
        var servers = port.Servers.Select(
            (server, i) =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  server {port.Name}-{i + 1} 127.0.0.1:{server.Port} check port {server.Health} inter {checkEvery.TotalMilliseconds:0}ms fall 1 rise 1{(port.SendProxy ? " send-proxy-v2" : "")}"
                )
        );
        return $"""
            frontend {port.Name}
            {binds}
              default_backend {port.Name}
            backend {port.Name}
              balance roundrobin
              option httpchk GET /readyz
              http-check expect status 200
            {string.Join('\n', servers)}

            """;
    }

    private static string Bracketed(string address) =>
        address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;

    // A socket's path must be short, and a checkout's may be long.
    private string StatsSocket =>
        Path.Combine(
            Path.GetTempPath(),
            $"culvert-haproxy-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..12]}"
        );

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
