using System.Text.Json.Serialization;

namespace Culvert.Machine.Client.Providers;

/// <summary>Body of <c>POST /v1/tunnels</c>.</summary>
internal sealed record CreateProviderTunnel
{
    [JsonPropertyName("display_name")]
    public required string DisplayName { get; init; }
}
