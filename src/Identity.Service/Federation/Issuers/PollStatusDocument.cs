using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>The state of fetching an issuer's keys on this node.</summary>
internal sealed record PollStatusDocument
{
    [JsonPropertyName("consecutive_failures")]
    public required int ConsecutiveFailures { get; init; }

    /// <summary>Why the last fetch failed; null after a success.</summary>
    [JsonPropertyName("last_failure")]
    public required string? LastFailure { get; init; }

    /// <summary><c>empty</c>, <c>fresh</c>, <c>stale_ok</c>, <c>degraded</c> or <c>hard_expired</c>.</summary>
    [JsonPropertyName("key_state")]
    public required string KeyState { get; init; }

    [JsonPropertyName("last_fetched_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset? LastFetchedAt { get; init; }

    [JsonPropertyName("next_poll_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset? NextPollAt { get; init; }
}
