using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Jobs;

/// <summary>An operator's pause of a job.</summary>
internal sealed record JobPauseDocument
{
    [JsonPropertyName("at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset At { get; init; }

    /// <summary>The actor, as the audit log has it.</summary>
    [JsonPropertyName("by")]
    public required string By { get; init; }

    [JsonPropertyName("reason")]
    public required string Reason { get; init; }
}
