using System.Globalization;
using System.Runtime.CompilerServices;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Stage;

namespace Culvert.Benchmarks.Exchange;

/// <summary>
/// <c>exchange.rules.100000</c>, <c>exchange.issuers.1000</c>, <c>exchange.replay.1000000</c>: the same load on a service
/// that knows much more. The floor is that with ten rules and one issuer, loaded in turns with it.
/// </summary>
internal sealed class FlatnessBench(Checkout checkout, string folder, TimeProvider time)
{
    private const int Rules = 100_000;
    private const int Issuers = 1_000;
    private const int Replays = 1_000_000;
    private const int Few = 10;

    // ES256 assertions: what is compared is the same on both sides, and they are made twenty times as fast.
    private readonly AssertionMill mill = AssertionMill.WithEllipticKey();
    private readonly LoadPlan plan = LoadPlan.FromEnvironment();

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (mill)
        {
            await using var few = await InstallAsync("few", Few, 0, 0, cancellationToken);
            (string Name, int Rules, int Issuers, int Replays)[] stores =
            [
                ($"exchange.rules.{Rules}", Rules, 0, 0),
                ($"exchange.issuers.{Issuers}", 0, Issuers, 0),
                ($"exchange.replay.{Replays}", Few, 0, Replays),
            ];
            foreach (var (name, rules, issuers, replays) in stores)
            {
                foreach (var figure in await MeasureAsync(name, few, rules, issuers, replays, cancellationToken))
                {
                    yield return figure;
                }
            }
        }
    }

    private async Task<IReadOnlyList<Figure>> MeasureAsync(
        string name,
        ExchangeInstallation few,
        int rules,
        int issuers,
        int replays,
        CancellationToken cancellationToken
    )
    {
        await using var many = await InstallAsync(name, rules, issuers, replays, cancellationToken);
        var rounds = await ExchangeLoad.MeasureAsync(
            plan,
            cancellationToken,
            SubjectOf(few, Few, 0),
            SubjectOf(many, rules, issuers)
        );
        var memory = new Figure
        {
            Name = name + ".memory",
            Value = Math.Round(many.Memory() / 1e6),
            Unit = "MB",
            Floor = Math.Round(few.Memory() / 1e6),
        };
        return
        [
            Figure.Of(name, [.. rounds[1].Select(r => r.Result)], [.. rounds[0].Select(r => r.Result)]),
            Figure.OfProcessor(
                name + ".cpu_per_1k",
                [.. rounds[1].Select(r => r.ProcessorPerThousand)],
                [.. rounds[0].Select(r => r.ProcessorPerThousand)]
            ),
            memory,
        ];
    }

    private async Task<ExchangeInstallation> InstallAsync(
        string name,
        int rules,
        int issuers,
        int replays,
        CancellationToken cancellationToken
    )
    {
        var service = await ExchangeInstallation.CreateAsync(
            checkout,
            Path.Combine(folder, name),
            mill,
            time,
            cancellationToken
        );
        await service.StopAsync(cancellationToken);
        using (var store = new StoreFiller(service.Database))
        {
            store.CopyRules(service.RuleId, rules);
            store.CopyIssuers(service.IssuerId, service.RuleId, issuers);
            store.AddReplays(replays, time.GetUtcNow());
        }

        await service.StartAsync(cancellationToken);
        return service;
    }

    private LoadSubject SubjectOf(ExchangeInstallation service, int rules, int issuers) =>
        new(
            service.Ports.Api,
            service.Pid,
            (count, cancellationToken) =>
                RequestFile.WriteAsync(
                    service.Run.File("requests"),
                    mill.Requests(
                        count,
                        service.Url,
                        service.OrganizationId,
                        i => TargetOf(service, issuers > 0 ? issuers : rules, issuers > 0, i),
                        time.GetUtcNow()
                    ),
                    cancellationToken
                ),
            Reuse: false
        );

    // Spread over all that there are: a multiplier without a common factor with them visits each.
    private static AssertionTarget TargetOf(ExchangeInstallation service, int count, bool ofIssuers, int index)
    {
        var copy = (int)((index * 7919L % count) + 1);
        return new AssertionTarget(
            StoreFiller.CopyOf(service.RuleId, copy),
            ofIssuers ? StoreFiller.UrlOfCopy(copy) : ExchangeInstallation.Issuer
        );
    }
}
