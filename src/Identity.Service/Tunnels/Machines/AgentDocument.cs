using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>An enrolled agent instance: its enrolment, and what it last said.</summary>
internal sealed record AgentDocument
{
    public required string Id { get; init; }

    public string Type { get; } = "agent";

    public required string TunnelId { get; init; }

    public required string InstanceId { get; init; }

    public required string Method { get; init; }

    public required string Principal { get; init; }

    /// <summary>Its certificate is unexpired, and it is connected to an edge or to the service's feed.</summary>
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

    public required DateTime CreatedAt { get; init; }

    public required DateTime LastProofAt { get; init; }

    public required DateTime? LastContactAt { get; init; }

    public required string? Serial { get; init; }

    public required DateTime? NotAfter { get; init; }

    public required DateTime? RevokedAt { get; init; }

    public required string? Version { get; init; }

    /// <summary>The trust-bundle epoch that it acknowledged; null before its first report.</summary>
    public required long? TrustBundleEpoch { get; init; }

    public required string? ServerSerial { get; init; }

    public required IReadOnlyList<AgentReportRoute> Routes { get; init; }

    /// <summary>The last results of its own checks; null if it has not reported any.</summary>
    public required AgentDoctorDocument? Doctor { get; init; }
}
