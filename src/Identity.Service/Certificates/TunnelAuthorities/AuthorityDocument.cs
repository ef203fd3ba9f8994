using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record AuthorityDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; } = "certificate_authority";

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    [JsonPropertyName("custody")]
    public required string Custody { get; init; }

    [JsonPropertyName("state")]
    public required string State { get; init; }

    [JsonPropertyName("fingerprint")]
    public required string? Fingerprint { get; init; }

    [JsonPropertyName("not_after")]
    public required DateTime? NotAfter { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTime CreatedAt { get; init; }

    [JsonPropertyName("archived_at")]
    public required DateTime? ArchivedAt { get; init; }

    public static AuthorityDocument Of(TunnelAuthority authority) =>
        new()
        {
            Id = authority.Id.Value,
            Name = authority.Name,
            TunnelId = authority.TunnelId.Value,
            Custody = AuthorityCustodies.NameOf(authority.Custody),
            State = AuthorityStates.NameOf(authority.State),
            Fingerprint = authority.Fingerprint,
            NotAfter = authority.NotAfter?.UtcDateTime,
            CreatedAt = authority.CreatedAt.UtcDateTime,
            ArchivedAt = authority.ArchivedAt?.UtcDateTime,
        };
}
