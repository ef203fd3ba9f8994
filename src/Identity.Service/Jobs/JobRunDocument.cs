using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Jobs;

/// <summary>A round of a job that has ended.</summary>
internal sealed record JobRunDocument
{
    [JsonPropertyName("started_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset StartedAt { get; init; }

    [JsonPropertyName("ended_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary><c>succeeded</c> or <c>failed</c>.</summary>
    [JsonPropertyName("outcome")]
    public required string Outcome { get; init; }

    /// <summary>The kind of fault that ended it, of which the node's log has more; null = it did what was due.</summary>
    [JsonPropertyName("failure")]
    public required string? Failure { get; init; }
}
