using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Response to <c>GET /v1/agent/feed</c>: the complete state for an agent, at one revision.</summary>
public sealed record AgentFeed
{
    public const string TypeName = "agent_feed";

    [JsonPropertyName("type")]
    public string Type { get; init; } = TypeName;

    /// <summary>Counts every change that a feed shows; request the next with <c>since</c>.</summary>
    [JsonPropertyName("revision")]
    public required long Revision { get; init; }

    /// <summary>
    /// Digest of everything here except the revision. The agent returns it as <c>held</c> in the next call, which then
    /// waits for a change of this content; null from services that do not support it.
    /// </summary>
    [JsonPropertyName("digest")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Digest { get; init; }

    [JsonPropertyName("tunnel")]
    public required AgentFeedTunnel Tunnel { get; init; }

    /// <summary>The edges to dial, and the only ones that an agent accepts (S6).</summary>
    [JsonPropertyName("edges")]
    public required IReadOnlyList<AgentFeedEdge> Edges { get; init; }

    [JsonPropertyName("platform_bundle")]
    public required BundleDocument PlatformBundle { get; init; }

    /// <summary>
    /// Serials of unexpired platform certificates that must no longer be accepted, and of the tunnel's server
    /// certificates that must no longer be used.
    /// </summary>
    [JsonPropertyName("revoked_serials")]
    public required IReadOnlyList<string> RevokedSerials { get; init; }

    /// <summary>
    /// First digits of the serials of platform certificates that must no longer be accepted: those that nodes from
    /// before a restore signed. Null: the service was never restored.
    /// </summary>
    [JsonPropertyName("revoked_serial_prefixes")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? RevokedSerialPrefixes { get; init; }

    /// <summary>
    /// The service's signed statement of the length of its audit. The agent stores it, out of reach of an attacker who
    /// changes the service's database. Null if none exists yet.
    /// </summary>
    [JsonPropertyName("audit_checkpoint")]
    public string? AuditCheckpoint { get; init; }

    /// <summary>One of <see cref="Wire.ServerCertificateMode"/>.</summary>
    [JsonPropertyName("server_certificate_mode")]
    public required string ServerCertificateMode { get; init; }

    /// <summary>Leaves to renew early; null: none.</summary>
    [JsonPropertyName("renewals")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AgentFeedRenewal>? Renewals { get; init; }

    /// <summary>Revoked access tokens of the service; null: none (S35).</summary>
    [JsonPropertyName("token_revocations")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentFeedTokenRevocations? TokenRevocations { get; init; }

    /// <summary>Hostnames of the tunnel besides its domain, active and suspended; null: none (S26).</summary>
    [JsonPropertyName("hostnames")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FeedHostname>? Hostnames { get; init; }

    /// <summary>Challenges to answer and acknowledge; null: none (S25).</summary>
    [JsonPropertyName("acme_challenges")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FeedAcmeChallenge>? AcmeChallenges { get; init; }

    /// <summary>The service's active policies for the tunnel's routes; null: none.</summary>
    [JsonPropertyName("policies")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AgentFeedPolicy>? Policies { get; init; }
}
