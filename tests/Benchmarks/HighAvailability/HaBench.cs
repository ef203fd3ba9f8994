using System.Globalization;
using System.Runtime.CompilerServices;
using Culvert.Benchmarks.Exchange;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Culvert.Stage.Reporting;
using Culvert.Stage.RunState;

namespace Culvert.Benchmarks.HighAvailability;

/// <summary>
/// <c>ha.scale</c>, <c>ha.failover</c>: the highly available installation, complete, called through its balancer. First
/// one node serves the whole load, then two do.
/// </summary>
internal sealed class HaBench(Checkout checkout, string folder, TimeProvider time)
{
    private const int Connections = 64;
    private const int Failovers = 6;

    // Two nodes share what one of them needs to have seen.
    private const int WarmUpRequests = 2 * LoadPlan.WarmUpRequests;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly LoadPlan plan = LoadPlan.FromEnvironment();

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var run = new RunDirectory(folder, time);
        run.Create();
        var ports = PortProbe.FreeBlock();
        var installation = new Installation(
            checkout,
            run,
            ports,
            new InstallationOptions
            {
                HighAvailability = HaPorts.Of(PortProbe.FreeBlock()),
                Postgres = true,
                ManualTunnel = false,
                ExchangesPerSecond = 1_000_000,
            },
            new StepReporter(TextWriter.Null, time),
            time
        );
        try
        {
            await installation.CreateAsync(cancellationToken);
            using var mill = AssertionMill.WithEllipticKey();
            var rule = await BenchRule.CreateAsync(run, installation.Operator, mill, cancellationToken);
            foreach (var figure in await ScaleAsync(installation, mill, rule, cancellationToken))
            {
                yield return figure;
            }

            yield return await FailoverAsync(installation, mill, rule, cancellationToken);
        }
        finally
        {
            await installation.StopAsync(Grace, CancellationToken.None);
            Database.Delete(run);
        }
    }

    private async Task<IReadOnlyList<Figure>> ScaleAsync(
        Installation installation,
        AssertionMill mill,
        BenchRule rule,
        CancellationToken cancellationToken
    )
    {
        // Both nodes are warm before the second one pauses: the comparison must not include the compiler.
        var rate = await LoadAsync(4 * plan.WarmUp, WarmUpRequests);
        var requests = plan.RequestsAt(rate.PerSecond);
        var (one, two) = (new List<HaCost>(), new List<HaCost>());
        var second = installation.Several!.SecondService;
        for (var round = 0; round < LoadPlan.Rounds; round++)
        {
            // The end of the warm-up.
            await QuietRounds.RunAsync(
                1,
                [installation.Service.Process.Stamp.Pid, second.Process.Stamp.Pid],
                _ => LoadAsync(plan.Round, requests)
            );
            two.Add(await MeasureAsync());
            await second.Process.StopAsync(Grace, cancellationToken);
            one.Add(await MeasureAsync());
            second.Start();
            installation.RecordProcesses();
            await second.WaitAsync(cancellationToken);
            await installation.Several!.UntilBalancedAsync(cancellationToken);
            if (round < LoadPlan.Rounds - 1)
            {
                await LoadAsync(4 * plan.WarmUp, WarmUpRequests);
            }
        }

        Tell("one node", one);
        Tell("two nodes", two);
        return
        [
            Figure.OfValue("ha.scale", "x", [.. one.Zip(two, (alone, both) => 2 * alone.Services / both.Services)]),
            Figure.OfValue(
                "ha.service.cpu_per_1k",
                "ms",
                [.. two.Select(cost => cost.Services.TotalMilliseconds)],
                [.. one.Select(cost => cost.Services.TotalMilliseconds)]
            ),
            Figure.OfValue(
                "ha.rate",
                "1/s",
                [.. two.Select(cost => cost.PerSecond)],
                [.. one.Select(cost => cost.PerSecond)]
            ),
        ];

        async Task<HaCost> MeasureAsync()
        {
            var before = Spent(installation);
            var load = await LoadAsync(plan.Round, requests);
            return HaCost.Of(before, Spent(installation), load);
        }

        async Task<LoadResult> LoadAsync(TimeSpan duration, int count)
        {
            var made = mill.Requests(
                count,
                new Uri(installation.Service.PublicUrl),
                installation.Record.OrganizationId,
                _ => new AssertionTarget(rule.Id, ExchangeInstallation.Issuer),
                time.GetUtcNow()
            );
            var file = await RequestFile.WriteAsync(installation.Run.File("requests"), made, cancellationToken);
            return await Wrk.RunAsync(
                $"{installation.Service.PublicUrl}/",
                file,
                file.Take(count),
                reuse: false,
                Connections,
                duration,
                cancellationToken
            );
        }
    }

    private static HaCost Spent(Installation installation)
    {
        var several = installation.Several!;
        TimeSpan Of(ProgramProcess process) => process.IsAlive ? ProcessorTime.Of(process.Stamp.Pid) : TimeSpan.Zero;

        return new HaCost(
            Of(installation.Service.Process) + Of(several.SecondService.Process),
            ProcessorTime.OfFamily(installation.Database!.Process.Stamp.Pid),
            Of(several.Balancer.Process),
            0
        );
    }

    /// <summary>From a node's <c>kill -9</c> to the end of the first exchange, on a connection of its own, begun after it.</summary>
    private async Task<Figure> FailoverAsync(
        Installation installation,
        AssertionMill mill,
        BenchRule rule,
        CancellationToken cancellationToken
    )
    {
        var nodes = new[] { installation.Service, installation.Several!.SecondService };
        List<double> good = [];
        List<double> settled = [];
        for (var i = 0; i < Failovers; i++)
        {
            var victim = nodes[i % nodes.Length];
            await using var asked = new SteadyExchanges(installation, mill, rule, time);
            await asked.UntilGoodAsync(time.GetUtcNow(), cancellationToken);
            var begun = time.GetUtcNow();
            await victim.Process.KillAsync(cancellationToken);
            good.Add((await asked.UntilGoodAsync(begun, cancellationToken) - begun).TotalSeconds);
            await Task.Delay(TimeSpan.FromSeconds(5), time, cancellationToken);
            settled.Add(asked.LastFailure is { } failed && failed > begun ? (failed - begun).TotalSeconds : 0);
            victim.Start();
            installation.RecordProcesses();
            await victim.WaitAsync(cancellationToken);
            await installation.Several!.UntilBalancedAsync(cancellationToken);
        }

        Console.Error.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"failovers: first good after {string.Join(", ", good.Select(g => $"{g:0.000}"))} s; last failure ended after {string.Join(", ", settled.Select(g => $"{g:0.000}"))} s"
            )
        );
        return new Figure
        {
            Name = "ha.failover",
            Value = Math.Round(good.Max(), 3),
            Unit = "s",
        };
    }

    private static void Tell(string what, IReadOnlyList<HaCost> rounds)
    {
        foreach (var cost in rounds)
        {
            Console.Error.WriteLine($"{what}: {cost}");
        }
    }
}
