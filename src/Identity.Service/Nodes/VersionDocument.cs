using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Nodes;

/// <summary>A program and its version.</summary>
internal sealed record VersionDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "program_version";

    /// <summary><c>service|edge|agent</c>.</summary>
    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("tunnel_id")]
    public required string? TunnelId { get; init; }

    /// <summary>Null = it has not reported yet.</summary>
    [JsonPropertyName("version")]
    public required string? Version { get; init; }

    /// <summary><c>same|older|newer|unsupported|unknown</c>, compared to the node that answers.</summary>
    [JsonPropertyName("skew")]
    public required string Skew { get; init; }

    [JsonPropertyName("seen_at")]
    public required DateTime? SeenAt { get; init; }

    public static VersionDocument Of(RunningVersion program, string service) =>
        new()
        {
            Kind = program.Kind,
            Id = program.Id,
            Name = program.Name,
            TunnelId = program.TunnelId,
            Version = program.Version,
            Skew = Nodes.Skew.Of(service, program.Version),
            SeenAt = program.SeenAt?.UtcDateTime,
        };
}
