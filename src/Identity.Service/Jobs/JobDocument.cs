using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Jobs;

/// <summary>A recurring job on the node that answers.</summary>
internal sealed record JobDocument
{
    [JsonPropertyName("id")]
    public required string Name { get; init; }

    public string Type { get; } = "job";

    public required string Description { get; init; }

    /// <summary>Seconds between the end of a round and the next; urgent work may start a round earlier.</summary>
    public required double IntervalSeconds { get; init; }

    /// <summary><c>waiting</c>, <c>running</c> or <c>paused</c>.</summary>
    public required string State { get; init; }

    /// <summary>The node that answers. Every node runs the job, and the first one that finds due work does it.</summary>
    public required string Node { get; init; }

    /// <summary>The next round on this node; null while the job runs or is paused.</summary>
    public required DateTime? NextRunAt { get; init; }

    /// <summary>The latest round on this node; null before the first.</summary>
    public required JobRunDocument? LastRun { get; init; }

    /// <summary>The pause, effective on all nodes; null = not paused.</summary>
    public required JobPauseDocument? Paused { get; init; }
}
