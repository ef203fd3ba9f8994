using System.Text.Json.Serialization;
using Culvert.Identity.Service.Ids;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Signals;

/// <summary>A stream on the wire, with what is known of its last tokens.</summary>
/// <param name="Delivery"><c>push</c> or <c>poll</c>.</param>
/// <param name="PushUrl">Where the transmitter pushes its tokens; null = they are polled.</param>
/// <param name="PollUrl">Where the service polls them; null = they are pushed.</param>
/// <param name="HasPollToken">Whether the service polls with a bearer token.</param>
/// <param name="LastReceivedAt">When the last token was accepted; null = none was.</param>
/// <param name="LastRefusal">The last refused token since this node started; null = none was.</param>
/// <param name="LastPolledAt">When a node last polled with success; null = none did.</param>
/// <param name="LastPollFailure">Why the last poll failed; null = it succeeded, or there was none.</param>
/// <param name="LastFetchFailure">Why this node cannot fetch the key set; null if it can, or has not tried.</param>
internal sealed record SignalStreamDocument(
    [property: JsonPropertyOrder(-2)] string IssuerId,
    string TransmitterIssuer,
    string JwksUri,
    string Audience,
    bool Enabled,
    string Delivery,
    string? PushUrl,
    string? PollUrl,
    bool HasPollToken,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset CreatedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset UpdatedAt,
    [property: JsonPropertyName("created_by_actor_id")] string CreatedBy,
    [property: JsonPropertyName("updated_by_actor_id")] string UpdatedBy,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? LastReceivedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? LastPolledAt,
    string? LastPollFailure,
    SignalRefusalDocument? LastRefusal,
    string? LastFetchFailure
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "signal_stream";

    public static SignalStreamDocument From(
        SignalStream stream,
        string publicUrl,
        SignalRefusalDocument? refusal,
        string? fetchFailure
    ) =>
        new(
            IssuerId: stream.IssuerId.Value,
            TransmitterIssuer: stream.TransmitterIssuer,
            JwksUri: stream.JwksUri,
            Audience: stream.Audience,
            Enabled: stream.IsEnabled,
            Delivery: WireNames.Get(stream.Delivery),
            PushUrl: stream.Delivery == SignalDelivery.Push
                ? SignalStream.GetPushUrl(publicUrl, stream.IssuerId)
                : null,
            PollUrl: stream.PollUrl,
            HasPollToken: stream.SealedPollToken is not null,
            CreatedAt: stream.CreatedAt,
            UpdatedAt: stream.UpdatedAt,
            CreatedBy: stream.CreatedBy,
            UpdatedBy: stream.UpdatedBy,
            LastReceivedAt: stream.LastReceivedAt,
            LastPolledAt: stream.LastPolledAt,
            LastPollFailure: stream.LastPollFailure,
            LastRefusal: refusal,
            LastFetchFailure: fetchFailure
        );
}
