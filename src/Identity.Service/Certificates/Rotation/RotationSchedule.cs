namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>
/// When a tunnel rotates its authority, as pure functions of time (certificates reference §4): the next key after half
/// the lifetime, and the switch early enough that the last leaf of the old authority expires before the authority does.
/// </summary>
/// <param name="LeafLife">The longest lifetime of a leaf.</param>
/// <param name="Skew">The maximum clock difference of verifiers.</param>
/// <param name="Propagation">The time that clients need to fetch a bundle.</param>
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

    /// <summary>In the last sixth, or a leaf's lifetime and skew before the expiry, whichever is earlier.</summary>
    public DateTimeOffset ActivateAt => Earlier(End - (Life / LastShare), End - LeafLife - Skew);

    /// <summary>After half the lifetime, and at least the propagation time before the switch.</summary>
    public DateTimeOffset PrepareAt => Earlier(Begin + (Life / 2), ActivateAt - Propagation);

    /// <summary>At most one step: the next is decided on the result of this one.</summary>
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
