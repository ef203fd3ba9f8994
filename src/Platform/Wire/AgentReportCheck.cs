using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>One check of <c>tunnel-agent doctor</c>.</summary>
/// <param name="Id">Stable, <c>snake_case</c>.</param>
/// <param name="Status"><c>pass</c>, <c>warn</c>, <c>fail</c> or <c>skip</c>.</param>
/// <param name="Summary">One line.</param>
/// <param name="Next">The next command or change; empty when there is none.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportCheck(string Id, string Status, string Summary, string Next)
{
    /// <summary>The <see cref="Status"/> of a failed check.</summary>
    public const string Fail = "fail";
}
