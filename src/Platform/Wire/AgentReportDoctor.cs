using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>
/// What the doctor's checks found, as far as a running agent asks itself: a line for each, never its evidence.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportDoctor
{
    /// <summary>Checks of one report; the service refuses more.</summary>
    public const int MaxChecks = 64;

    /// <summary>Characters of a summary or a next step; the service refuses more.</summary>
    public const int MaxTextLength = 300;

    /// <summary>By the agent's clock.</summary>
    [JsonPropertyName("checked_at")]
    public required DateTimeOffset CheckedAt { get; init; }

    [JsonPropertyName("checks")]
    public required IReadOnlyList<AgentReportCheck> Checks { get; init; }
}
