using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Fetching an issuer's keys has failed for long, was paused, or works again.</summary>
/// <param name="Event">One of the <c>issuer.poll.*</c> names.</param>
internal sealed record IssuerPolling(
    string Event,
    IssuerId Issuer,
    KeyState State,
    int ConsecutiveFailures,
    string? LastFailure,
    DateTimeOffset? LastFetchedAt
) : AuditEvent
{
    public override string Name => Event;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("issuer_id", Issuer.Value);
        json.WriteString("key_state", WireNames.Of(State));
        json.WriteNumber("consecutive_failures", ConsecutiveFailures);
        WriteOptional(json, "last_failure", LastFailure);
        if (LastFetchedAt is { } at)
        {
            json.WriteString("last_fetched_at", at.UtcDateTime);
        }
        else
        {
            json.WriteNull("last_fetched_at");
        }
    }
}
