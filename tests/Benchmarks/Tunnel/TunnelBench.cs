using System.Text;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Benchmarks.Servers;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Culvert.Stage.Reporting;
using Culvert.Stage.RunState;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>
/// <c>tunnel.calls.cN</c>: small calls through the complete tunnel, N at a time, against the same forwarder reached
/// directly by TLS. What is lost between the two is what edge and multiplexing cost.
/// </summary>
internal sealed class TunnelBench(Checkout checkout, string folder, TimeProvider time)
{
    private const int Rounds = 3;

    private static readonly int[] Concurrencies = [1, 16, 64];

    /// <summary>With less, one measures the compiler.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        var run = new RunDirectory(folder, time);
        run.Create();
        var ports = PortProbe.FreeBlock();
        var spare = PortProbe.FreeBlock();
        var (upstreamPort, directPort) = (spare.Api, spare.Machine);
        var certificates = run.Folder("bench");
        await OpenSsl.CreateRootAsync(certificates, "ca", "/CN=Bench", cancellationToken);
        await using var upstream = await ChildServer.StartAsync(
            "upstream",
            upstreamPort,
            certificates,
            cancellationToken
        );
        var options = new InstallationOptions
        {
            ManualTunnel = false,
            DangerousOpenRoute = true,
            Upstream = new Uri($"http://127.0.0.1:{upstreamPort}"),
        };
        var steps = new StepReporter(TextWriter.Null, time);
        var installation = new Installation(checkout, run, ports, options, steps, time);
        try
        {
            await installation.CreateAsync(cancellationToken);
            var tunnel = installation.Record.Tunnel;
            var host = $"{TunnelAgent.Route}.{tunnel.Domain}";
            await OpenSsl.IssueServerAsync(certificates, "server", "ca", [$"DNS:{host}"], cancellationToken);
            await using var direct = await ChildServer.StartAsync(
                "forwarder",
                directPort,
                certificates,
                cancellationToken,
                Path.Combine(certificates, "server.pem"),
                Path.Combine(certificates, "server.key"),
                tunnel.Domain,
                $"{upstreamPort}"
            );
            var figures = new List<Figure>();
            foreach (var concurrency in Concurrencies)
            {
                var (through, floor) = await CompareAsync(
                    LoadTarget.Of(host, ports.Sni, tunnel.TrustBundle),
                    LoadTarget.Of(host, directPort, Path.Combine(certificates, "ca.pem")),
                    concurrency,
                    cancellationToken
                );
                figures.Add(Figure.Of($"tunnel.calls.c{concurrency}", [through], [floor]));
            }

            return figures;
        }
        finally
        {
            await installation.StopAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
        }
    }

    /// <summary>Alternating rounds, so that whatever else the machine does meets both; the median of each by rate.</summary>
    private async Task<(LoadResult Through, LoadResult Floor)> CompareAsync(
        LoadTarget tunnel,
        LoadTarget direct,
        int concurrency,
        CancellationToken cancellationToken
    )
    {
        var call = (ReadOnlyMemory<byte>?)Call(tunnel.Host);
        await using var through = await ClosedLoop.OpenAsync(tunnel, concurrency, time, cancellationToken);
        await using var floor = await ClosedLoop.OpenAsync(direct, concurrency, time, cancellationToken);
        await through.RunAsync(() => call, WarmUp, cancellationToken);
        await floor.RunAsync(() => call, WarmUp, cancellationToken);
        var (measured, compared) = (new List<LoadResult>(), new List<LoadResult>());
        for (var round = 0; round < Rounds; round++)
        {
            measured.Add(await through.RunAsync(() => call, Round, cancellationToken));
            compared.Add(await floor.RunAsync(() => call, Round, cancellationToken));
        }

        return (Median(measured), Median(compared));
    }

    private static LoadResult Median(IEnumerable<LoadResult> results) =>
        results.OrderBy(r => r.PerSecond).ElementAt(Rounds / 2);

    private static byte[] Call(string host)
    {
        const string Body =
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"message":"hello"}}}""";
        return Encoding.ASCII.GetBytes(
            $"POST /mcp HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"
        );
    }
}
