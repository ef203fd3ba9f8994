using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>An enrolled agent instance: its enrolment, and what it last said.</summary>
internal sealed record AgentDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; } = "agent";

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    [JsonPropertyName("instance_id")]
    public required string InstanceId { get; init; }

    [JsonPropertyName("method")]
    public required string Method { get; init; }

    [JsonPropertyName("principal")]
    public required string Principal { get; init; }

    /// <summary>Its certificate is unexpired, and it is connected to an edge or to the service's feed.</summary>
    [JsonPropertyName("live")]
    public required bool Live { get; init; }

    /// <summary>
    /// Its certificate is unexpired, and it called within <c>agents.live_for</c>: a change of trust waits for it (S17).
    /// Longer than <see cref="Live"/>, because an agent that lost its connections may reconnect with the old bundle.
    /// </summary>
    [JsonIgnore]
    public bool IsAwaited { get; init; }

    /// <summary>Whether a live edge has a connection of it.</summary>
    [JsonIgnore]
    public bool IsConnected { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTime CreatedAt { get; init; }

    [JsonPropertyName("last_proof_at")]
    public required DateTime LastProofAt { get; init; }

    [JsonPropertyName("last_contact_at")]
    public required DateTime? LastContactAt { get; init; }

    [JsonPropertyName("serial")]
    public required string? Serial { get; init; }

    [JsonPropertyName("not_after")]
    public required DateTime? NotAfter { get; init; }

    [JsonPropertyName("revoked_at")]
    public required DateTime? RevokedAt { get; init; }

    [JsonPropertyName("version")]
    public required string? Version { get; init; }

    /// <summary>The trust-bundle epoch that it acknowledged; null before its first report.</summary>
    [JsonPropertyName("trust_bundle_epoch")]
    public required long? TrustBundleEpoch { get; init; }

    [JsonPropertyName("server_serial")]
    public required string? ServerSerial { get; init; }

    [JsonPropertyName("routes")]
    public required IReadOnlyList<AgentReportRoute> Routes { get; init; }

    /// <summary>The last results of its own checks; null if it has not reported any.</summary>
    [JsonPropertyName("doctor")]
    public required AgentDoctorDocument? Doctor { get; init; }
}
