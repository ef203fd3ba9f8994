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

    public static Figure Of(string name, LoadResult measured, LoadResult floor) =>
        new()
        {
            Name = name,
            Value = Math.Round(measured.PerSecond),
            Unit = "1/s",
            Floor = Math.Round(floor.PerSecond),
            Ratio = Math.Round(measured.PerSecond / floor.PerSecond, 3),
            P50Ms = Math.Round(measured.P50.TotalMilliseconds, 2),
            P99Ms = Math.Round(measured.P99.TotalMilliseconds, 2),
        };

    /// <summary>Processor time; the ratio says how many times the floor's it is.</summary>
    public static Figure OfProcessor(string name, TimeSpan measured, TimeSpan floor) =>
        new()
        {
            Name = name,
            Value = Math.Round(measured.TotalMilliseconds, 1),
            Unit = "ms",
            Floor = Math.Round(floor.TotalMilliseconds, 1),
            Ratio = Math.Round(measured / floor, 2),
        };

    public string ToJson() => JsonSerializer.Serialize(this, Json);
}
