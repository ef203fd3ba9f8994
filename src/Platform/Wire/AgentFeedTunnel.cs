using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>The agent's own tunnel.</summary>
public sealed record AgentFeedTunnel
{
    public required string Id { get; init; }

    /// <summary>Routes are labels below this name.</summary>
    public required string Domain { get; init; }

    /// <summary>One of <see cref="TunnelStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>The port in the URLs and OAuth resources of its routes; null until an edge has reported it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? PublicPort { get; init; }

    /// <summary>One of <see cref="TunnelAffinity"/>: what edges bind to one agent (S29). Null from older services.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Affinity { get; init; }

    /// <summary>
    /// base64url of 32 secret bytes: binds ids of MCP sessions to principals (P8). Null from older services.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SessionKey { get; init; }

    /// <summary>The trust anchors of clients for inner TLS.</summary>
    public required BundleDocument TrustBundle { get; init; }

    public override string ToString() =>
        $"{nameof(AgentFeedTunnel)} {{ Id = {Id}, Domain = {Domain}, Status = {Status} }}";
}
