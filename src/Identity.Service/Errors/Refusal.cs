using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Culvert.Identity.Service.Errors;

/// <summary>An expected failure, as a value; one place converts it to the wire format.</summary>
/// <param name="Message">A sentence that the caller may see.</param>
internal sealed record Refusal(ErrorCode Code, string Message)
{
    /// <summary>Further members of <c>error.details</c>.</summary>
    public ImmutableArray<KeyValuePair<string, JsonNode?>> Details { get; init; } = [];

    // An outage may end at any moment; without a time, clients choose their own, down to zero.
    private static readonly TimeSpan OutageRetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>When to retry; null if the refusal does not set it. Every 503 has one.</summary>
    public TimeSpan? RetryAfter
    {
        get => field ?? (Code.Status == StatusCodes.Status503ServiceUnavailable ? OutageRetryAfter : null);
        init;
    }

    public Refusal With(string detail, JsonNode? value) => this with { Details = Details.Add(new(detail, value)) };
}
