using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Search;

/// <summary>A search result.</summary>
/// <param name="Type">What kind of object it is.</param>
/// <param name="Id">The id; for a hostname its name, for an authentication or audit entry the request id.</param>
/// <param name="Name">The display name; null = none.</param>
/// <param name="Detail">Another distinguishing value: a domain, a URL, a serial number, a state; null = none.</param>
/// <param name="TunnelId">The tunnel of the object; null = none.</param>
/// <param name="IsArchived">Whether it is archived, revoked or superseded.</param>
internal sealed record SearchHit(
    string Type,
    string Id,
    string? Name = null,
    string? Detail = null,
    string? TunnelId = null,
    [property: JsonPropertyName("archived")] bool IsArchived = false
);
