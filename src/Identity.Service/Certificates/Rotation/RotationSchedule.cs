namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>
/// When the two slots of a tunnel turn, as pure functions of time (certificates reference §4): the next key at half
/// life, and the switch early enough that the last leaf of the old authority expires before the authority does.
/// </summary>
/// <param name="Begin">Of the active authority's certificate.</param>
/// <param name="End">Its end.</param>
/// <param name="LeafLife">The longest that a leaf lives.</param>
/// <param name="Skew">How far verifiers' clocks may be off.</param>
/// <param name="Propagation">How long clients need to fetch a bundle.</param>
internal readonly record struct RotationSchedule(
    DateTimeOffset Begin,
    DateTimeOffset End,
    TimeSpan LeafLife,
    TimeSpan Skew,
    TimeSpan Propagation
)
{
    private const int LastShare = 6;

    private TimeSpan Life => End - Begin;

    /// <summary>In the last sixth, or a leaf's life and skew before the end, whichever is earlier.</summary>
    public DateTimeOffset ActivateAt => Earlier(End - (Life / LastShare), End - LeafLife - Skew);

    /// <summary>At half life, and at least the propagation before the switch.</summary>
    public DateTimeOffset PrepareAt => Earlier(Begin + (Life / 2), ActivateAt - Propagation);

    /// <summary>One step at most: the next is decided upon what this one has changed.</summary>
    public RotationDue Decide(SuccessorPhase successor, DateTimeOffset now) =>
        successor switch
        {
            SuccessorPhase.None when now >= PrepareAt => RotationDue.Prepare,
            SuccessorPhase.Unsigned when now >= PrepareAt => RotationDue.Sign,
            SuccessorPhase.Staged when now >= ActivateAt => RotationDue.Activate,
            _ => RotationDue.Nothing,
        };

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
