using System.Globalization;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Stage;

namespace Culvert.Benchmarks.Exchange;

/// <summary>
/// <c>exchange.rules.100000</c>, <c>exchange.issuers.1000</c>, <c>exchange.replay.1000000</c>: the same load on a service
/// that knows much more. The floor is that with ten rules and one issuer, before and after, so that what else the
/// machine did in between meets both.
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

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        using (mill)
        {
            var floor = await MeasureAsync("few", Few, 0, 0, cancellationToken);
            var rules = await MeasureAsync("rules", Rules, 0, 0, cancellationToken);
            var issuers = await MeasureAsync("issuers", 0, Issuers, 0, cancellationToken);
            var replays = await MeasureAsync("replays", Few, 0, Replays, cancellationToken);
            var again = await MeasureAsync("again", Few, 0, 0, cancellationToken);
            floor = floor.Load.PerSecond > again.Load.PerSecond ? floor : again;
            return
            [
                .. Figures($"exchange.rules.{Rules}", rules, floor),
                .. Figures($"exchange.issuers.{Issuers}", issuers, floor),
                .. Figures($"exchange.replay.{Replays}", replays, floor),
            ];
        }
    }

    private static IEnumerable<Figure> Figures(
        string name,
        (LoadResult Load, long Memory) measured,
        (LoadResult Load, long Memory) floor
    ) =>
        [
            Figure.Of(name, measured.Load, floor.Load),
            new Figure
            {
                Name = name + ".memory",
                Value = Math.Round(measured.Memory / 1e6),
                Unit = "MB",
                Floor = Math.Round(floor.Memory / 1e6),
            },
        ];

    private async Task<(LoadResult Load, long Memory)> MeasureAsync(
        string name,
        int rules,
        int issuers,
        int replays,
        CancellationToken cancellationToken
    )
    {
        await using var service = await ExchangeInstallation.CreateAsync(
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
        var made = mill.Requests(
            plan.WarmUpRequests + plan.Requests,
            service.Url,
            service.OrganizationId,
            i => TargetOf(service, issuers > 0 ? issuers : rules, issuers > 0, i),
            time.GetUtcNow()
        );
        var requests = await RequestFile.WriteAsync(service.Run.File("requests"), made, cancellationToken);
        var load = await ExchangeLoad.MeasureAsync(
            service.Ports.Api,
            service.Pid,
            requests,
            plan,
            reuse: false,
            cancellationToken
        );
        return (load.Result, service.Memory());
    }

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
