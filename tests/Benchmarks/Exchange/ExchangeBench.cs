using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Benchmarks.Servers;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Testing.Postgres;

namespace Culvert.Benchmarks.Exchange;

/// <summary>
/// <c>exchange.sqlite.c64</c>, <c>exchange.postgres.c64</c>, <c>exchange.cpu_per_1k</c>, <c>exchange.cold_start</c>: IdP tokens exchanged for access
/// tokens, each durable before its answer.
/// </summary>
internal sealed class ExchangeBench(Checkout checkout, string folder, TimeProvider time)
{
    /// <summary>Typical size of the answer, so that the floor sends as much.</summary>
    private const int AnswerBytes = 900;

    private readonly LoadPlan plan = LoadPlan.FromEnvironment();

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
        var (requests, last) = await RequestsAsync(service, mill, cancellationToken);
        var measured = await ExchangeLoad.MeasureAsync(
            service.Ports.Api,
            service.Pid,
            requests,
            plan,
            reuse: false,
            cancellationToken
        );
        await service.StopAsync(cancellationToken);
        var floor = await MeasureFloorAsync(service, requests.Again(), cancellationToken);
        var postgres = await MeasurePostgresAsync(cancellationToken);
        var cold = await service.StartToFirstExchangeAsync(last, cancellationToken);
        return
        [
            Figure.Of("exchange.sqlite.c64", measured.Result, floor.Result),
            Figure.Of("exchange.postgres.c64", postgres.Result, floor.Result),
            Figure.OfProcessor("exchange.cpu_per_1k", measured.ProcessorPerThousand, floor.ProcessorPerThousand),
            new Figure
            {
                Name = "exchange.cold_start",
                Value = Math.Round(cold.TotalMilliseconds),
                Unit = "ms",
            },
        ];
    }

    private async Task<ExchangeLoad> MeasurePostgresAsync(CancellationToken cancellationToken)
    {
        using var mill = new AssertionMill();
        using var server = new PostgresServer();
        await using var service = await ExchangeInstallation.CreateAsync(
            checkout,
            folder + "-postgres",
            mill,
            time,
            cancellationToken,
            server.CreateDatabase()
        );
        var requests = await RequestsAsync(service, mill, cancellationToken);
        return await ExchangeLoad.MeasureAsync(
            service.Ports.Api,
            service.Pid,
            requests.File,
            plan,
            reuse: false,
            cancellationToken
        );
    }

    private async Task<(RequestFile File, ReadOnlyMemory<byte> Last)> RequestsAsync(
        ExchangeInstallation service,
        AssertionMill mill,
        CancellationToken cancellationToken
    )
    {
        var made = mill.Requests(
            plan.WarmUpRequests + plan.Requests + 1,
            service.Url,
            service.OrganizationId,
            _ => new AssertionTarget(service.RuleId, ExchangeInstallation.Issuer),
            time.GetUtcNow()
        );
        return (await RequestFile.WriteAsync(service.Run.File("requests"), made, cancellationToken), made[^1]);
    }

    private async Task<ExchangeLoad> MeasureFloorAsync(
        ExchangeInstallation service,
        RequestFile requests,
        CancellationToken cancellationToken
    )
    {
        var certificates = service.Run.Folder("floor");
        await OpenSsl.CreateRootAsync(certificates, "ca", "/CN=Bench", cancellationToken);
        await OpenSsl.IssueServerAsync(certificates, "server", "ca", ["DNS:localhost"], cancellationToken);
        await using var floor = await ChildServer.StartAsync(
            "empty",
            service.Ports.Machine,
            certificates,
            cancellationToken,
            Path.Combine(certificates, "server.pem"),
            Path.Combine(certificates, "server.key"),
            $"{AnswerBytes}"
        );
        return await ExchangeLoad.MeasureAsync(
            service.Ports.Machine,
            floor.Pid,
            requests,
            plan,
            reuse: true,
            cancellationToken
        );
    }
}
