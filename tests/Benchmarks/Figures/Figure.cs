using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Benchmarks.Figures;

/// <summary>One result: one JSON line. What does not apply is absent.</summary>
internal sealed record Figure
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public required string Name { get; init; }

    public required double Value { get; init; }

    public required string Unit { get; init; }

    /// <summary>The same load on the least that could answer it, in the same run and unit.</summary>
    public double? Floor { get; init; }

    /// <summary>Value by floor: what our work on top of the floor leaves.</summary>
    public double? Ratio { get; init; }

    public double? P50Ms { get; init; }

    public double? P99Ms { get; init; }

    /// <summary>The floor's.</summary>
    public double? FloorP50Ms { get; init; }

    /// <summary>The floor's: what the machine itself takes for its slowest hundredth.</summary>
    public double? FloorP99Ms { get; init; }

    /// <summary>The least and the greatest ratio within a round.</summary>
    public IReadOnlyList<double>? Spread { get; init; }

    /// <summary>What else the machine does: runnable threads, the mean of the last minute.</summary>
    public double? Load { get; init; }

    /// <summary>Middle values of the rounds; the ratio is the middle one of those within a round.</summary>
    public static Figure Of(string name, IReadOnlyList<LoadResult> measured, IReadOnlyList<LoadResult> floor) =>
        new()
        {
            Name = name,
            Value = Math.Round(Median(measured, round => round.PerSecond)),
            Unit = "1/s",
            Floor = Math.Round(Median(floor, round => round.PerSecond)),
            Ratio = Math.Round(Median([.. measured.Zip(floor)], r => r.First.PerSecond / r.Second.PerSecond), 3),
            P50Ms = Math.Round(Median(measured, round => round.P50.TotalMilliseconds), 2),
            P99Ms = Math.Round(Median(measured, round => round.P99.TotalMilliseconds), 2),
            FloorP50Ms = Math.Round(Median(floor, round => round.P50.TotalMilliseconds), 2),
            FloorP99Ms = Math.Round(Median(floor, round => round.P99.TotalMilliseconds), 2),
            Load = LoadAverage(),
        };

    /// <summary>Processor time of the rounds; the ratio says how many times the floor's it is.</summary>
    public static Figure OfProcessor(string name, IReadOnlyList<TimeSpan> measured, IReadOnlyList<TimeSpan> floor) =>
        new()
        {
            Name = name,
            Value = Math.Round(Median(measured, round => round.TotalMilliseconds), 1),
            Unit = "ms",
            Floor = Math.Round(Median(floor, round => round.TotalMilliseconds), 1),
            Ratio = Math.Round(Median([.. measured.Zip(floor)], round => round.First / round.Second), 2),
            Load = LoadAverage(),
        };

    /// <summary>Two builds in alternation: the second's value, with the first's as its floor and the spread of the ratio.</summary>
    public static Figure OfBuilds(string name, string unit, IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        var ratios = second.Zip(first, (later, earlier) => later / earlier).Order().ToList();
        return OfValue(name, unit, second, first) with
        {
            Spread = [Math.Round(ratios[0], 3), Math.Round(ratios[^1], 3)],
            Load = LoadAverage(),
        };
    }

    /// <summary>Middle values of the rounds and of the floor's, if there is one; the ratio is the middle one of those within a round.</summary>
    public static Figure OfValue(
        string name,
        string unit,
        IReadOnlyList<double> measured,
        IReadOnlyList<double>? floor = null
    ) =>
        new()
        {
            Name = name,
            Value = Math.Round(Median(measured, round => round), 2),
            Unit = unit,
            Floor = floor is null ? null : Math.Round(Median(floor, round => round), 2),
            Ratio = floor is null
                ? null
                : Math.Round(Median([.. measured.Zip(floor)], round => round.First / round.Second), 3),
        };

    /// <summary>The slowest hundredth of the rounds, with their middle; and the floor's.</summary>
    public static Figure OfSlowest(string name, IReadOnlyList<LoadResult> measured, IReadOnlyList<LoadResult> floor) =>
        OfValue(
            name,
            "ms",
            [.. measured.Select(round => round.P99.TotalMilliseconds)],
            [.. floor.Select(round => round.P99.TotalMilliseconds)]
        ) with
        {
            P50Ms = Math.Round(Median(measured, round => round.P50.TotalMilliseconds), 2),
            FloorP50Ms = Math.Round(Median(floor, round => round.P50.TotalMilliseconds), 2),
            Load = LoadAverage(),
        };

    private static double LoadAverage() =>
        double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    private static double Median<T>(IReadOnlyList<T> rounds, Func<T, double> value) =>
        rounds.Select(value).Order().ElementAt(rounds.Count / 2);

    public string ToJson() => JsonSerializer.Serialize(this, Json);
}
