using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Stage;

namespace Culvert.Benchmarks.Exchange;

/// <summary>
/// <c>compare.exchange.*</c>: exchanges of two builds of the service in alternation, on the same machine in the same
/// minutes, so that their quotient says what a change is worth.
/// </summary>
internal sealed class CompareBench(string folder, TimeProvider time)
{
    /// <summary>Of each build.</summary>
    public const int Turns = 9;

    private readonly LoadPlan plan = LoadPlan.FromEnvironment() with { Turns = Turns };

    /// <param name="first">A built checkout: the floor of each figure.</param>
    /// <param name="second">A built checkout with the change.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    public async Task<IReadOnlyList<Figure>> RunAsync(
        Checkout first,
        Checkout second,
        CancellationToken cancellationToken
    )
    {
        using var mill = new AssertionMill();
        await using var before = await InstallAsync(first, "first", mill, cancellationToken);
        await using var after = await InstallAsync(second, "second", mill, cancellationToken);
        var rounds = await ExchangeLoad.MeasureAsync(
            plan,
            cancellationToken,
            before.ToSubject(mill),
            after.ToSubject(mill)
        );
        return
        [
            Compare("compare.exchange", "1/s", rounds, round => round.Result.PerSecond),
            Compare("compare.exchange.p99", "ms", rounds, round => round.Result.P99.TotalMilliseconds),
            Compare("compare.exchange.cpu_per_1k", "ms", rounds, round => round.ProcessorPerThousand.TotalMilliseconds),
            Compare("compare.exchange.allocated", "B", rounds, round => round.AllocatedBytes),
        ];
    }

    private static Figure Compare(
        string name,
        string unit,
        IReadOnlyList<IReadOnlyList<ExchangeLoad>> rounds,
        Func<ExchangeLoad, double> value
    ) => Figure.OfBuilds(name, unit, [.. rounds[0].Select(value)], [.. rounds[1].Select(value)]);

    private Task<ExchangeInstallation> InstallAsync(
        Checkout build,
        string name,
        AssertionMill mill,
        CancellationToken cancellationToken
    ) => ExchangeInstallation.CreateAsync(build, Path.Combine(folder, name), mill, time, cancellationToken);
}
