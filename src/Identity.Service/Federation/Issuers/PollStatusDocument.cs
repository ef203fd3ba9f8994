using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>The state of fetching an issuer's keys on this node.</summary>
/// <param name="LastFailure">Why the last fetch failed; null after a success.</param>
/// <param name="KeyState"><c>empty</c>, <c>fresh</c>, <c>stale_ok</c>, <c>degraded</c> or <c>hard_expired</c>.</param>
internal sealed record PollStatusDocument(
    int ConsecutiveFailures,
    string? LastFailure,
    string KeyState,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? LastFetchedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? NextPollAt
);
