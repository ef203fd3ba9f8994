using System.Text.Json.Serialization;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Admin;

internal sealed record CreateAdminKeyRequest
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>One of <see cref="AdminRole.All"/>.</summary>
    [JsonPropertyName("role")]
    public required string Role { get; init; }

    /// <summary>Null = the caller's own; another organization requires <c>installation:operate</c> (S1).</summary>
    [JsonPropertyName("organization_id")]
    public string? OrganizationId { get; init; }

    /// <summary>1 min to 400 d; null = 90 d.</summary>
    [JsonPropertyName("lifetime_seconds")]
    public int? LifetimeSeconds { get; init; }
}
