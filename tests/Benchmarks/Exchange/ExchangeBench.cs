using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Stage;
using Culvert.Testing.Postgres;

namespace Culvert.Benchmarks.Exchange;

/// <summary>
/// <c>exchange.sqlite.c64</c>, <c>exchange.postgres.c64</c>, <c>exchange.cpu_per_1k</c>: IdP tokens exchanged
/// for access tokens, each durable before its answer.
/// </summary>
internal sealed class ExchangeBench(Checkout checkout, string folder, TimeProvider time)
{
    // The floor reads them and forgets them.
    private const int FloorRequests = 2_000;

    private readonly LoadPlan plan = LoadPlan.FromEnvironment();

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        using var mill = new AssertionMill();
        using var server = new PostgresServer(PostgresDurability.Full);
        await using var sqlite = await InstallAsync("sqlite", mill, postgres: null, cancellationToken);
        await using var postgres = await InstallAsync("postgres", mill, server.CreateDatabase(), cancellationToken);
        var some = await sqlite.WriteRequestsAsync(mill, FloorRequests, cancellationToken);
        var certificates = sqlite.Run.Folder("floor");
        await FloorServer.CertifyAsync(certificates, cancellationToken);
        await using var floor = await FloorServer.StartAsync(sqlite.Ports.McpServer, certificates, cancellationToken);
        var rounds = await ExchangeLoad.MeasureAsync(
            plan,
            cancellationToken,
            new LoadSubject(sqlite.Ports.McpServer, floor.Pid, (_, _) => Task.FromResult(some), Reuse: true),
            sqlite.ToSubject(mill),
            postgres.ToSubject(mill)
        );
        return
        [
            Figure.Of("exchange.sqlite.c64", Results(rounds[1]), Results(rounds[0])),
            Figure.Of("exchange.postgres.c64", Results(rounds[2]), Results(rounds[0])),
            Figure.OfProcessor("exchange.cpu_per_1k", Processor(rounds[1]), Processor(rounds[0])),
            Figure.OfProcessor("exchange.postgres.cpu_per_1k", Processor(rounds[2]), Processor(rounds[0])),
            Figure.OfValue("exchange.allocated", "B", [.. rounds[1].Select(round => round.AllocatedBytes)]),
        ];
    }

    private static List<LoadResult> Results(IReadOnlyList<ExchangeLoad> rounds) => [.. rounds.Select(r => r.Result)];

    private static List<TimeSpan> Processor(IReadOnlyList<ExchangeLoad> rounds) =>
        [.. rounds.Select(round => round.ProcessorPerThousand)];

    private Task<ExchangeInstallation> InstallAsync(
        string name,
        AssertionMill mill,
        string? postgres,
        CancellationToken cancellationToken
    ) =>
        ExchangeInstallation.CreateAsync(checkout, Path.Combine(folder, name), mill, time, cancellationToken, postgres);
}
