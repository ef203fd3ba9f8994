using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Jobs;

/// <summary>A completed round of a job.</summary>
/// <param name="Outcome"><c>succeeded</c> or <c>failed</c>.</param>
/// <param name="Failure">The type of the error, with details in the node's log; null = it succeeded.</param>
internal sealed record JobRunDocument(
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset StartedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset EndedAt,
    string Outcome,
    string? Failure
);
