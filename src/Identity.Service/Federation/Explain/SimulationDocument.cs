using System.Text.Json;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>
/// The result of a simulated exchange. If the request names no rule: the rules that match and the nearest ones.
/// </summary>
[SchemaOnly]
internal sealed record SimulationDocument
{
    public required string Type { get; init; }

    public required string Decision { get; init; }

    public required string? Reason { get; init; }

    /// <summary>The rule that was tried.</summary>
    public JsonElement? Rule { get; init; }

    /// <summary>Every check in the order in which it ran.</summary>
    public JsonElement? Trace { get; init; }

    /// <summary>What would be granted.</summary>
    public JsonElement? Grant { get; init; }

    /// <summary>The result for the next version of the rule.</summary>
    public JsonElement? Candidate { get; init; }

    /// <summary>How many rules were tried.</summary>
    public int? Searched { get; init; }

    public bool? Truncated { get; init; }

    public IReadOnlyList<JsonElement>? Matches { get; init; }

    public IReadOnlyList<JsonElement>? Nearest { get; init; }
}
