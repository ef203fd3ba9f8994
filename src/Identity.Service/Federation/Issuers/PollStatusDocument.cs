using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>The state of fetching an issuer's keys on this node.</summary>
internal sealed record PollStatusDocument
{
    public required int ConsecutiveFailures { get; init; }

    /// <summary>Why the last fetch failed; null after a success.</summary>
    public required string? LastFailure { get; init; }

    /// <summary><c>empty</c>, <c>fresh</c>, <c>stale_ok</c>, <c>degraded</c> or <c>hard_expired</c>.</summary>
    public required string KeyState { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset? LastFetchedAt { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset? NextPollAt { get; init; }
}
