using System.Text.Json.Serialization;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

internal sealed record RelyingPartyDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; } = "relying_party";

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("service_account_id")]
    public required string? ServiceAccountId { get; init; }

    /// <summary>Its own credential; only in the answer to the creation.</summary>
    [JsonPropertyName("credential")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Credential { get; init; }

    /// <summary>The newest epoch sent to it; 0 = none.</summary>
    [JsonPropertyName("served_epoch")]
    public required long ServedEpoch { get; init; }

    /// <summary>The epoch that it, or an administrator for it, has acknowledged; null = none yet.</summary>
    [JsonPropertyName("acknowledged_epoch")]
    public required long? AcknowledgedEpoch { get; init; }

    [JsonPropertyName("acknowledged_by")]
    public required string? AcknowledgedBy { get; init; }

    [JsonPropertyName("last_heard_at")]
    public required DateTime? LastHeardAt { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTime CreatedAt { get; init; }

    [JsonPropertyName("archived_at")]
    public required DateTime? ArchivedAt { get; init; }

    public static RelyingPartyDocument Of(RelyingParty party, KnownHolder? known, string? credential = null) =>
        new()
        {
            Id = party.Id.Value,
            TunnelId = party.TunnelId.Value,
            Name = party.Name,
            ServiceAccountId = party.ServiceAccountId,
            Credential = credential,
            ServedEpoch = known?.Served ?? 0,
            AcknowledgedEpoch = known?.AcknowledgedAt is null ? null : known.Acknowledged,
            AcknowledgedBy = known?.AcknowledgedBy,
            LastHeardAt = known?.HeardAt.UtcDateTime,
            CreatedAt = party.CreatedAt.UtcDateTime,
            ArchivedAt = party.ArchivedAt?.UtcDateTime,
        };
}
