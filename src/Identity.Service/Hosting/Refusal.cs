using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Culvert.Identity.Service.Hosting;

/// <summary>An expected "no": a value, turned into the wire's envelope in one place.</summary>
/// <param name="Code">Which one.</param>
/// <param name="Message">A sentence safe to show to the caller.</param>
internal sealed record Refusal(ErrorCode Code, string Message)
{
    /// <summary>Further members of <c>error.details</c>.</summary>
    public ImmutableArray<KeyValuePair<string, JsonNode?>> Details { get; init; } = [];

    /// <summary>When another attempt makes sense; null where the refusal says nothing about it.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public Refusal With(string detail, JsonNode? value) => this with { Details = Details.Add(new(detail, value)) };
}
