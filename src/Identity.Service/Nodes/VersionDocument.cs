namespace Culvert.Identity.Service.Nodes;

/// <summary>A program and its version.</summary>
internal sealed record VersionDocument
{
    public string Type { get; } = "program_version";

    /// <summary><c>service|edge|agent</c>.</summary>
    public required string Kind { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string? TunnelId { get; init; }

    /// <summary>Null = it has not reported yet.</summary>
    public required string? Version { get; init; }

    /// <summary><c>same|older|newer|unsupported|unknown</c>, compared to the node that answers.</summary>
    public required string Skew { get; init; }

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
