using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Nodes;

/// <summary>A program and its version.</summary>
/// <param name="Kind"><c>service|edge|agent</c>.</param>
/// <param name="Version">Null = it has not reported yet.</param>
/// <param name="Skew"><c>same|older|newer|unsupported|unknown</c>, compared to the node that answers.</param>
internal sealed record VersionDocument(
    string Kind,
    string Id,
    string Name,
    string? TunnelId,
    string? Version,
    string Skew,
    DateTime? SeenAt
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "program_version";

    public static VersionDocument From(RunningVersion program, string service) =>
        new(
            Kind: program.Kind,
            Id: program.Id,
            Name: program.Name,
            TunnelId: program.TunnelId,
            Version: program.Version,
            Skew: Nodes.Skew.Describe(service, program.Version),
            SeenAt: program.SeenAt?.UtcDateTime
        );
}
