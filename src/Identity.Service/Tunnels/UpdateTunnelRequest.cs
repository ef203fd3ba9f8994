using System.Text.Json.Serialization;
using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>A partial change of the settings (S21); absent members stay as they are.</summary>
internal sealed record UpdateTunnelRequest
{
    /// <summary>The revision that the caller saw; null = change whatever is there.</summary>
    [JsonPropertyName("revision")]
    public long? Revision { get; init; }

    [JsonPropertyName("display_name")]
    public Optional<string?> DisplayName { get; init; }

    [JsonPropertyName("client_source_ranges")]
    public IReadOnlyList<string?>? ClientSourceRanges { get; init; }

    [JsonPropertyName("agent_source_ranges")]
    public IReadOnlyList<string?>? AgentSourceRanges { get; init; }

    [JsonPropertyName("allow_tunnel_token")]
    public bool? AllowTunnelToken { get; init; }
}
