using System.Text.Json.Serialization;

namespace Culvert.Platform.Doctor;

/// <summary>What one check found: enough for the reader to act without a second look.</summary>
public sealed record DoctorFinding
{
    /// <summary>Stable, <c>snake_case</c>.</summary>
    public required string Id { get; init; }

    [JsonConverter(typeof(JsonStringEnumConverter<DoctorStatus>))]
    public required DoctorStatus Status { get; init; }

    /// <summary>One line.</summary>
    public required string Summary { get; init; }

    /// <summary>Why it matters, or what most likely caused it; empty when it passed.</summary>
    public string Why { get; init; } = "";

    /// <summary>What was seen. Never a secret.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>Commands or changes that come next.</summary>
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
}
