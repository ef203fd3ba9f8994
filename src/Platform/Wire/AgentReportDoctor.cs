using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>The findings of the doctor's checks that a running agent makes: one line each, without evidence.</summary>
/// <param name="CheckedAt">By the agent's clock.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportDoctor(DateTimeOffset CheckedAt, IReadOnlyList<AgentReportCheck> Checks)
{
    /// <summary>The most checks of a report; the service refuses more.</summary>
    public const int MaxChecks = 64;

    /// <summary>The longest summary or next step in characters; the service refuses longer ones.</summary>
    public const int MaxTextLength = 300;
}
