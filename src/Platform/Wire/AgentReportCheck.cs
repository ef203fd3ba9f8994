using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>One check of <c>tunnel-agent doctor</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportCheck
{
    /// <summary>The <see cref="Status"/> of a failed check.</summary>
    public const string Fail = "fail";

    /// <summary>Stable, <c>snake_case</c>.</summary>
    public required string Id { get; init; }

    /// <summary><c>pass</c>, <c>warn</c>, <c>fail</c> or <c>skip</c>.</summary>
    public required string Status { get; init; }

    /// <summary>One line.</summary>
    public required string Summary { get; init; }

    /// <summary>The next command or change; empty when there is none.</summary>
    public required string Next { get; init; }
}
