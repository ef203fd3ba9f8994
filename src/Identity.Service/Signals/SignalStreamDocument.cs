using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Signals;

/// <summary>A stream on the wire, with what is known of its last tokens.</summary>
/// <param name="PushUrl">Where the transmitter pushes its tokens.</param>
/// <param name="LastReceivedAt">When the last token was accepted; null = none was.</param>
/// <param name="LastRefusal">The last refused token since this node started; null = none was.</param>
/// <param name="LastFetchFailure">Why this node cannot fetch the key set; null if it can, or has not tried.</param>
internal sealed record SignalStreamDocument(
    [property: JsonPropertyOrder(-2)] string IssuerId,
    string TransmitterIssuer,
    string JwksUri,
    string Audience,
    bool Enabled,
    string PushUrl,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset CreatedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset UpdatedAt,
    [property: JsonPropertyName("created_by_actor_id")] string CreatedBy,
    [property: JsonPropertyName("updated_by_actor_id")] string UpdatedBy,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? LastReceivedAt,
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
            PushUrl: SignalStream.GetPushUrl(publicUrl, stream.IssuerId),
            CreatedAt: stream.CreatedAt,
            UpdatedAt: stream.UpdatedAt,
            CreatedBy: stream.CreatedBy,
            UpdatedBy: stream.UpdatedBy,
            LastReceivedAt: stream.LastReceivedAt,
            LastRefusal: refusal,
            LastFetchFailure: fetchFailure
        );
}
