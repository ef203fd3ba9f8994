using System.Text.Json.Serialization;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

internal sealed record RelyingPartyDocument
{
    public required string Id { get; init; }

    public string Type { get; } = "relying_party";

    public required string TunnelId { get; init; }

    public required string Name { get; init; }

    public required string? ServiceAccountId { get; init; }

    /// <summary>Its own credential; only in the answer to the creation.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Credential { get; init; }

    /// <summary>The newest epoch sent to it; 0 = none.</summary>
    public required long ServedEpoch { get; init; }

    /// <summary>The epoch that it, or an administrator for it, has acknowledged; null = none yet.</summary>
    public required long? AcknowledgedEpoch { get; init; }

    public required string? AcknowledgedBy { get; init; }

    public required DateTime? LastHeardAt { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime? ArchivedAt { get; init; }

    public static RelyingPartyDocument From(RelyingParty party, KnownHolder? known, string? credential = null) =>
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
