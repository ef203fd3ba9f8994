namespace Culvert.Identity.Service.Transparency;

/// <summary>The configuration of a verifier of the log.</summary>
internal sealed record TransparencyLogDocument
{
    public string Type { get; } = "transparency_log";

    public required string Origin { get; init; }

    /// <summary>Null before the first tree head is signed.</summary>
    public required string? Key { get; init; }

    public required long Size { get; init; }

    /// <summary>The witnesses that cosign tree heads.</summary>
    public required IReadOnlyList<TransparencyWitnessDocument> Witnesses { get; init; }
}
