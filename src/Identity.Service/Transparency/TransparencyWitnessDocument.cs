using System.Text.Json;
using Culvert.Identity.Service.Transparency.Witnesses;

namespace Culvert.Identity.Service.Transparency;

/// <summary>A witness of the log.</summary>
internal sealed record TransparencyWitnessDocument
{
    public required string Name { get; init; }

    /// <summary>The key for verifying its cosignatures.</summary>
    public required string Key { get; init; }

    /// <summary>The size of the latest tree head that it cosigned; 0 = none.</summary>
    public required long Size { get; init; }

    /// <summary>The time in that cosignature; null = never.</summary>
    public required DateTime? CosignedAt { get; init; }

    /// <summary>
    /// Why the last attempt failed; null = it succeeded. <c>contradiction</c>: it cosigned a tree that this log does not
    /// extend.
    /// </summary>
    public required string? Problem { get; init; }

    public required DateTime? ProblemAt { get; init; }

    public static TransparencyWitnessDocument Create(WitnessOptions witness, WitnessState state) =>
        new()
        {
            Name = witness.Name,
            Key = witness.Key.ToString(),
            Size = state.Size,
            CosignedAt = state.CosignedAt?.UtcDateTime,
            Problem = state.Problem is { } problem ? JsonNamingPolicy.SnakeCaseLower.ConvertName($"{problem}") : null,
            ProblemAt = state.ProblemAt?.UtcDateTime,
        };
}
