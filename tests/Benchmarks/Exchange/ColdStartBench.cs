using System.Diagnostics;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Benchmarks.Servers;
using Culvert.Stage;
using Culvert.Stage.Hops;

namespace Culvert.Benchmarks.Exchange;

/// <summary>
/// <c>exchange.cold_start</c>: from the start of the process to its first granted exchange, and the processor time that
/// took. The floor is the empty server, from its start to its first answer.
/// </summary>
internal sealed class ColdStartBench(Checkout checkout, string folder, TimeProvider time)
{
    private const int Starts = 5;

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        using var mill = new AssertionMill();
        await using var service = await ExchangeInstallation.CreateAsync(
            checkout,
            folder,
            mill,
            time,
            cancellationToken
        );
        var requests = mill.Requests(
            Starts,
            service.Url,
            service.OrganizationId,
            _ => new AssertionTarget(service.RuleId, ExchangeInstallation.Issuer),
            time.GetUtcNow()
        );
        var measured = new List<(TimeSpan Elapsed, TimeSpan Processor)>();
        var floor = new List<(TimeSpan Elapsed, TimeSpan Processor)>();
        foreach (var request in requests)
        {
            await service.StopAsync(cancellationToken);
            var elapsed = await service.StartToFirstExchangeAsync(request, cancellationToken);
            measured.Add((elapsed, ProcessorTime.Of(service.Pid)));
            floor.Add(await StartFloorAsync(service, request, cancellationToken));
        }

        return
        [
            Figure.OfProcessor(
                "exchange.cold_start",
                [.. measured.Select(m => m.Elapsed)],
                [.. floor.Select(f => f.Elapsed)]
            ),
            Figure.OfProcessor(
                "exchange.cold_start.cpu",
                [.. measured.Select(m => m.Processor)],
                [.. floor.Select(f => f.Processor)]
            ),
        ];
    }

    private static async Task<(TimeSpan Elapsed, TimeSpan Processor)> StartFloorAsync(
        ExchangeInstallation beside,
        ReadOnlyMemory<byte> request,
        CancellationToken cancellationToken
    )
    {
        var certificates = beside.Run.Folder("floor");
        if (!File.Exists(Path.Combine(certificates, "server.pem")))
        {
            await FloorServer.CertifyAsync(certificates, cancellationToken);
        }

        var started = Stopwatch.GetTimestamp();
        await using var floor = await FloorServer.StartAsync(beside.Ports.McpServer, certificates, cancellationToken);
        var target = LoadTarget.Of("localhost", beside.Ports.McpServer, FloorServer.RootOf(certificates));
        await using var connection = await HttpConnection.OpenAsync(target, cancellationToken);
        await connection.SendAsync(request, cancellationToken);
        return (Stopwatch.GetElapsedTime(started), ProcessorTime.Of(floor.Pid));
    }
}
