using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Response to <c>GET /v1/agent/feed</c>: the complete state for an agent, at one revision.</summary>
public sealed record AgentFeed
{
    public const string TypeName = "agent_feed";

    public string Type { get; init; } = TypeName;

    /// <summary>Counts every change that a feed shows; request the next with <c>since</c>.</summary>
    public required long Revision { get; init; }

    /// <summary>
    /// Digest of everything except the revision. The agent returns it as <c>held</c>, to wait only for changes of this
    /// content; null from older services.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Digest { get; init; }

    public required AgentFeedTunnel Tunnel { get; init; }

    /// <summary>The edges to dial, and the only ones that an agent accepts (S6).</summary>
    public required IReadOnlyList<AgentFeedEdge> Edges { get; init; }

    public required BundleDocument PlatformBundle { get; init; }

    /// <summary>Serials of platform certificates, unexpired, and of the tunnel's server certificates.</summary>
    public required IReadOnlyList<string> RevokedSerials { get; init; }

    /// <summary>Serial prefixes of nodes from before a restore, all revoked; null: never restored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? RevokedSerialPrefixes { get; init; }

    /// <summary>
    /// The service's signed statement of its audit's length, stored by the agent, out of reach of an attacker who
    /// changes the service's database.
    /// </summary>
    public string? AuditCheckpoint { get; init; }

    /// <summary>One of <see cref="Wire.ServerCertificateMode"/>.</summary>
    public required string ServerCertificateMode { get; init; }

    /// <summary>Leaves to renew early; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AgentFeedRenewal>? Renewals { get; init; }

    /// <summary>Revoked access tokens of the service; null: none (S35).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentFeedTokenRevocations? TokenRevocations { get; init; }

    /// <summary>The authorization server of the tunnel's organization; null: the service has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentFeedAuthorization? Authorization { get; init; }

    /// <summary>People whose earlier tokens are refused, whatever issuer signed them; null: none (S35).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AgentFeedOffBoarding>? OffBoarded { get; init; }

    /// <summary>Hostnames of the tunnel besides its domain, active and suspended; null: none (S26).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FeedHostname>? Hostnames { get; init; }

    /// <summary>Challenges to answer and acknowledge; null: none (S25).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FeedAcmeChallenge>? AcmeChallenges { get; init; }

    /// <summary>The service's active policies for the tunnel's routes; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AgentFeedPolicy>? Policies { get; init; }
}
