using System.Text.Json.Serialization;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>A version of a route's policy.</summary>
internal sealed record RoutePolicyDocument
{
    public string Type { get; } = "route_policy";

    public required string Id { get; init; }

    public required string TunnelId { get; init; }

    public required string Hostname { get; init; }

    /// <summary>Numbered from 1 for each hostname.</summary>
    public required long Version { get; init; }

    /// <summary><c>draft</c>, <c>active</c>, <c>superseded</c>, <c>rejected</c> or <c>withdrawn</c>.</summary>
    public required string State { get; init; }

    /// <summary>The SHA-256 of the text, hexadecimal.</summary>
    public required string Digest { get; init; }

    /// <summary>Not included in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    public required string? Comment { get; init; }

    public required string DraftedBy { get; init; }

    public required DateTime DraftedAt { get; init; }

    /// <summary>The person who approved, rejected or withdrew it.</summary>
    public required string? DecidedBy { get; init; }

    public required DateTime? DecidedAt { get; init; }

    public required string? Reason { get; init; }

    /// <summary>Agents that received it but cannot use it.</summary>
    public required IReadOnlyList<RoutePolicyFault> Faults { get; init; }

    public static RoutePolicyDocument From(RoutePolicyRow row, ILookup<string, RoutePolicyFault> faults) =>
        new()
        {
            Id = row.Id,
            TunnelId = row.TunnelId,
            Hostname = row.Hostname,
            Version = row.Version,
            State = row.State,
            Digest = row.Digest,
            Text = row.Content,
            Comment = row.Comment,
            DraftedBy = row.DraftedBy,
            DraftedAt = Instants.FromStore(row.DraftedAtMs).UtcDateTime,
            DecidedBy = row.DecidedBy,
            DecidedAt = Instants.FromStore(row.DecidedAtMs)?.UtcDateTime,
            Reason = row.Reason,
            Faults = [.. faults[row.Id]],
        };
}
