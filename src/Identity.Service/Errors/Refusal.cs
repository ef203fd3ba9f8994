using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Culvert.Identity.Service.Errors;

/// <summary>An expected "no": a value, turned into the wire's envelope in one place.</summary>
/// <param name="Code">Which one.</param>
/// <param name="Message">A sentence safe to show to the caller.</param>
internal sealed record Refusal(ErrorCode Code, string Message)
{
    /// <summary>Further members of <c>error.details</c>.</summary>
    public ImmutableArray<KeyValuePair<string, JsonNode?>> Details { get; init; } = [];

    // An outage may be over at any moment; without a time, clients choose their own, down to none.
    private static readonly TimeSpan OutageRetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>When another attempt makes sense; null where the refusal does not set it. Every 503 says it.</summary>
    public TimeSpan? RetryAfter
    {
        get => field ?? (Code.Status == StatusCodes.Status503ServiceUnavailable ? OutageRetryAfter : null);
        init;
    }

    public Refusal With(string detail, JsonNode? value) => this with { Details = Details.Add(new(detail, value)) };
}
