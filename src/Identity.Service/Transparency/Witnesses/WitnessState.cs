namespace Culvert.Identity.Service.Transparency.Witnesses;

/// <summary>What is known of a witness.</summary>
/// <param name="Size">Entries of the newest tree head that it cosigned; 0 = none.</param>
/// <param name="CosignedAt">When it did, as it says; null = never.</param>
/// <param name="Problem">Why the last attempt failed; null = it did not.</param>
/// <param name="ProblemAt">Since when.</param>
internal sealed record WitnessState(
    long Size,
    DateTimeOffset? CosignedAt,
    WitnessProblem? Problem,
    DateTimeOffset? ProblemAt
)
{
    public static readonly WitnessState Unknown = new(0, null, null, null);
}
