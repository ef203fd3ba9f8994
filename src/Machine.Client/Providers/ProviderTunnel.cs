using System.Text.Json.Serialization;

namespace Culvert.Machine.Client.Providers;

public sealed record ProviderTunnel
{
    /// <summary><c>tnl_…</c>; handled as opaque text.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("display_name")]
    public string? DisplayName { get; init; }

    /// <summary>Assigned at creation, and never reused.</summary>
    [JsonPropertyName("domain")]
    public required string Domain { get; init; }

    /// <summary>Null: it is in use.</summary>
    [JsonPropertyName("archived_at")]
    public string? ArchivedAt { get; init; }
}
