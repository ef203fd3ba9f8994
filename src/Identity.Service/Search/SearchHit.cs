using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Search;

/// <summary>A search result.</summary>
internal sealed record SearchHit
{
    /// <summary>What kind of object it is.</summary>
    public required string Type { get; init; }

    /// <summary>The id; for a hostname its name, for an authentication or audit entry the request id.</summary>
    public required string Id { get; init; }

    /// <summary>The display name; null = none.</summary>
    public string? Name { get; init; }

    /// <summary>Another distinguishing value: a domain, a URL, a serial number, a state; null = none.</summary>
    public string? Detail { get; init; }

    /// <summary>The tunnel of the object; null = none.</summary>
    public string? TunnelId { get; init; }

    /// <summary>Whether it is archived, revoked or superseded.</summary>
    [JsonPropertyName("archived")]
    public bool IsArchived { get; init; }
}
