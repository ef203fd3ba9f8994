using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Search;

/// <summary>An object that was found.</summary>
internal sealed record SearchHit
{
    /// <summary>What kind of object it is.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>Its id; of a hostname the name, of an authentication and an audit entry the id of the request.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>What people call it; null = it has no name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>What else distinguishes it: a domain, a URL, a serial number, a state; null = nothing.</summary>
    [JsonPropertyName("detail")]
    public string? Detail { get; init; }

    /// <summary>The tunnel that it belongs to; null = it belongs to none.</summary>
    [JsonPropertyName("tunnel_id")]
    public string? TunnelId { get; init; }

    /// <summary>Whether it is archived, revoked or superseded.</summary>
    [JsonPropertyName("archived")]
    public bool IsArchived { get; init; }
}
