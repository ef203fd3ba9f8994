namespace Culvert.Identity.Service.Transparency.Witnesses;

/// <param name="Size">The size of the latest tree head that it cosigned; 0 = none.</param>
/// <param name="CosignedAt">The time in that cosignature; null = never.</param>
/// <param name="Problem">Why the last attempt failed; null = it succeeded.</param>
internal sealed record WitnessState(
    long Size,
    DateTimeOffset? CosignedAt,
    WitnessProblem? Problem,
    DateTimeOffset? ProblemAt
)
{
    public static readonly WitnessState Unknown = new(0, null, null, null);
}
