using Culvert.Benchmarks.Exchange;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Stage;

namespace Culvert.Benchmarks.Authorize;

/// <summary>
/// <c>authorize.code.c64</c>: authorization codes redeemed for access tokens, each durable before its answer.
/// </summary>
internal sealed class AuthorizeBench(Checkout checkout, string folder, TimeProvider time)
{
    // The floor reads them and forgets them.
    private const int FloorRequests = 2_000;

    private readonly LoadPlan plan = LoadPlan.FromEnvironment();

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        using var mill = new AssertionMill();
        await using var service = await ExchangeInstallation.CreateAsync(
            checkout,
            folder,
            mill,
            time,
            cancellationToken,
            routeSignIn: true
        );
        using var codes = new CodeMill(service, await SignInRule.CreateAsync(service, cancellationToken));
        var some = await codes.WriteRequestsAsync(FloorRequests, time.GetUtcNow(), cancellationToken);
        var certificates = service.Run.Folder("floor");
        await FloorServer.CertifyAsync(certificates, cancellationToken);
        await using var floor = await FloorServer.StartAsync(service.Ports.McpServer, certificates, cancellationToken);
        var rounds = await ExchangeLoad.MeasureAsync(
            plan,
            cancellationToken,
            new LoadSubject(service.Ports.McpServer, floor.Pid, (_, _) => Task.FromResult(some), Reuse: true),
            new LoadSubject(
                service.Ports.Api,
                service.Pid,
                (count, stopping) => codes.WriteRequestsAsync(count, time.GetUtcNow(), stopping),
                Reuse: false,
                service.Ports.ServiceHealth
            )
        );
        return
        [
            Figure.Of(
                "authorize.code.c64",
                [.. rounds[1].Select(round => round.Result)],
                [.. rounds[0].Select(round => round.Result)]
            ),
            Figure.OfProcessor(
                "authorize.code.cpu_per_1k",
                [.. rounds[1].Select(round => round.ProcessorPerThousand)],
                [.. rounds[0].Select(round => round.ProcessorPerThousand)]
            ),
            Figure.OfValue("authorize.code.allocated", "B", [.. rounds[1].Select(round => round.AllocatedBytes)]),
        ];
    }
}
