using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Jobs;

/// <summary>An operator's pause of a job.</summary>
internal sealed record JobPauseDocument
{
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset At { get; init; }

    /// <summary>The actor, as the audit log has it.</summary>
    public required string By { get; init; }

    public required string Reason { get; init; }
}
