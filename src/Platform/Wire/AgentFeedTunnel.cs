using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>The agent's own tunnel.</summary>
public sealed record AgentFeedTunnel
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>Routes are labels under this name.</summary>
    [JsonPropertyName("domain")]
    public required string Domain { get; init; }

    /// <summary>One of <see cref="TunnelStatus"/>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <summary>The port in the URLs of its routes and so in their OAuth resources; null until an edge has told one.</summary>
    [JsonPropertyName("public_port")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? PublicPort { get; init; }

    /// <summary>What clients trust for inner TLS.</summary>
    [JsonPropertyName("trust_bundle")]
    public required BundleDocument TrustBundle { get; init; }
}
