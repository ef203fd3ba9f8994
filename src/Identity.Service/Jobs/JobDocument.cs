using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Jobs;

/// <summary>A recurring job as the node that answers sees it.</summary>
internal sealed record JobDocument
{
    [JsonPropertyName("id")]
    public required string Name { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; } = "job";

    [JsonPropertyName("description")]
    public required string Description { get; init; }

    /// <summary>Between the end of a round and the next, in seconds; work that comes in between may be done at once.</summary>
    [JsonPropertyName("interval_seconds")]
    public required double IntervalSeconds { get; init; }

    /// <summary><c>waiting</c>, <c>running</c> or <c>paused</c>.</summary>
    [JsonPropertyName("state")]
    public required string State { get; init; }

    /// <summary>The node that answers: each runs the job, and what is due is done by the first that finds it.</summary>
    [JsonPropertyName("node")]
    public required string Node { get; init; }

    /// <summary>On this node; null while it runs or is paused.</summary>
    [JsonPropertyName("next_run_at")]
    public required DateTime? NextRunAt { get; init; }

    /// <summary>The newest on this node; null before the first.</summary>
    [JsonPropertyName("last_run")]
    public required JobRunDocument? LastRun { get; init; }

    /// <summary>Who paused it on all nodes; null = it is not paused.</summary>
    [JsonPropertyName("paused")]
    public required JobPauseDocument? Paused { get; init; }
}
