using System.Text.Json.Serialization;

namespace Culvert.Platform.Doctor;

public sealed record DoctorFinding
{
    /// <summary>Stable, <c>snake_case</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The id or name of the object; null = the whole check. Reports of a doctor do not show it.</summary>
    [JsonIgnore]
    public string? Subject { get; init; }

    [JsonConverter(typeof(JsonStringEnumConverter<DoctorStatus>))]
    public required DoctorStatus Status { get; init; }

    /// <summary>One line.</summary>
    public required string Summary { get; init; }

    /// <summary>Why it matters, or the most likely cause; empty when the check passed.</summary>
    public string Why { get; init; } = "";

    /// <summary>The observed facts. Never a secret.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>Commands or changes to do next.</summary>
    public IReadOnlyList<string> Next { get; init; } = [];

    public static DoctorFinding Pass(string id, string summary, params IReadOnlyList<string> evidence) =>
        new()
        {
            Id = id,
            Status = DoctorStatus.Pass,
            Summary = summary,
            Evidence = evidence,
        };

    public static DoctorFinding Skip(string id, string summary) =>
        new()
        {
            Id = id,
            Status = DoctorStatus.Skip,
            Summary = summary,
        };

    public static DoctorFinding Warn(string id, string summary, string why, params IReadOnlyList<string> next) =>
        Fail(id, summary, why, next) with
        {
            Status = DoctorStatus.Warn,
        };

    public static DoctorFinding Fail(string id, string summary, string why, params IReadOnlyList<string> next) =>
        new()
        {
            Id = id,
            Status = DoctorStatus.Fail,
            Summary = summary,
            Why = why,
            Next = next,
        };

    /// <summary>Passes if all lines are good. Otherwise it fails, with the steps of the other lines.</summary>
    /// <param name="fail">Returns the summary, from the number of lines that are not good.</param>
    /// <param name="showsGood">Whether the evidence of a failure has the good lines too, as the last ones.</param>
    public static DoctorFinding FromEach(
        string id,
        IReadOnlyList<DoctorLine> lines,
        string pass,
        Func<int, string> fail,
        string why,
        bool showsGood = false
    )
    {
        IReadOnlyList<string> good = [.. lines.Where(l => l.IsGood).Select(l => l.Text)];
        var bad = lines.Where(l => !l.IsGood).ToList();
        return bad.Count == 0
            ? Pass(id, pass, good)
            : Fail(id, fail(bad.Count), why, [.. bad.SelectMany(l => l.Next).Distinct(StringComparer.Ordinal)]) with
            {
                Evidence = [.. bad.Select(l => l.Text), .. showsGood ? good : []],
            };
    }
}
