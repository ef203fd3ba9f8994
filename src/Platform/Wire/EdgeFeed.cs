using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Response to <c>GET /v1/edge/feed</c>: the complete state for an edge, at one revision.</summary>
public sealed record EdgeFeed
{
    public const string TypeName = "edge_feed";

    public string Type { get; init; } = TypeName;

    /// <summary>Counts every change that a feed shows; request the next with <c>since</c>.</summary>
    public required long Revision { get; init; }

    public required EdgeFeedEdge Edge { get; init; }

    public required BundleDocument PlatformBundle { get; init; }

    /// <summary>Only the tunnels assigned to this edge (S6).</summary>
    public required IReadOnlyList<EdgeFeedTunnel> Tunnels { get; init; }

    /// <summary>Serials of unexpired platform certificates that must no longer be accepted.</summary>
    public required IReadOnlyList<string> RevokedSerials { get; init; }

    /// <summary>Serial prefixes of nodes from before a restore, all revoked; null: never restored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? RevokedSerialPrefixes { get; init; }

    /// <summary>Enrolments (<c>agt_…</c>) whose certificates must no longer be accepted.</summary>
    public required IReadOnlyList<string> RevokedEnrolments { get; init; }

    /// <summary>Challenges to forward and acknowledge; null: none (S25).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FeedAcmeChallenge>? AcmeChallenges { get; init; }
}
