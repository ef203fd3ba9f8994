using System.Text.Json;
using Culvert.Identity.Service.Transparency.Witnesses;

namespace Culvert.Identity.Service.Transparency;

/// <summary>A witness of the log.</summary>
/// <param name="Key">The key for verifying its cosignatures.</param>
/// <param name="Size">The size of the latest tree head that it cosigned; 0 = none.</param>
/// <param name="CosignedAt">The time in that cosignature; null = never.</param>
/// <param name="Problem">
/// Why the last attempt failed; null = it succeeded. <c>contradiction</c>: it cosigned a tree that this log does not
/// extend.
/// </param>
internal sealed record TransparencyWitnessDocument(
    string Name,
    string Key,
    long Size,
    DateTime? CosignedAt,
    string? Problem,
    DateTime? ProblemAt
)
{
    public static TransparencyWitnessDocument Create(WitnessOptions witness, WitnessState state) =>
        new(
            Name: witness.Name,
            Key: witness.Key.ToString(),
            Size: state.Size,
            CosignedAt: state.CosignedAt?.UtcDateTime,
            Problem: state.Problem is { } problem ? JsonNamingPolicy.SnakeCaseLower.ConvertName($"{problem}") : null,
            ProblemAt: state.ProblemAt?.UtcDateTime
        );
}
