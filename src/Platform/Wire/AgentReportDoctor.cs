using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>The findings of the doctor's checks that a running agent makes: one line each, without evidence.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportDoctor
{
    /// <summary>The most checks of a report; the service refuses more.</summary>
    public const int MaxChecks = 64;

    /// <summary>The longest summary or next step in characters; the service refuses longer ones.</summary>
    public const int MaxTextLength = 300;

    /// <summary>By the agent's clock.</summary>
    public required DateTimeOffset CheckedAt { get; init; }

    public required IReadOnlyList<AgentReportCheck> Checks { get; init; }
}
