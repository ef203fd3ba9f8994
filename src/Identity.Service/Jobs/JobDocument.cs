using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Jobs;

/// <summary>A recurring job on the node that answers.</summary>
/// <param name="IntervalSeconds">
/// Seconds between the end of a round and the next; urgent work may start a round earlier.
/// </param>
/// <param name="State"><c>waiting</c>, <c>running</c> or <c>paused</c>.</param>
/// <param name="Node">
/// The node that answers. Every node runs the job, and the first one that finds due work does it.
/// </param>
/// <param name="NextRunAt">The next round on this node; null while the job runs or is paused.</param>
/// <param name="LastRun">The latest round on this node; null before the first.</param>
/// <param name="Paused">The pause, effective on all nodes; null = not paused.</param>
internal sealed record JobDocument(
    [property: JsonPropertyOrder(-2)] [property: JsonPropertyName("id")] string Name,
    string Description,
    double IntervalSeconds,
    string State,
    string Node,
    DateTime? NextRunAt,
    JobRunDocument? LastRun,
    JobPauseDocument? Paused
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "job";
}
