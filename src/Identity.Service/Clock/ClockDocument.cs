namespace Culvert.Identity.Service.Clock;

/// <summary>What a node thinks of its clock.</summary>
/// <param name="Trusted">If false, the node signs nothing until an operator confirms the clock.</param>
/// <param name="Expected">The time according to the monotonic clock.</param>
internal sealed record ClockDocument(
    string Type,
    bool Trusted,
    DateTimeOffset Now,
    DateTimeOffset Expected,
    long StepSeconds,
    DateTimeOffset? AlarmedAt
)
{
    public static ClockDocument From(ClockStatus status) =>
        new(
            Type: "clock",
            Trusted: status.IsTrusted,
            Now: status.Now,
            Expected: status.Expected,
            StepSeconds: (long)(status.Now - status.Expected).TotalSeconds,
            AlarmedAt: status.AlarmedAt
        );
}
