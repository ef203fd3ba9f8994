using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Clock;

/// <summary>What a node thinks of its clock.</summary>
[SchemaOnly]
internal sealed record ClockDocument
{
    public required string Type { get; init; }

    /// <summary>If false, the node signs nothing until an operator confirms the clock.</summary>
    public required bool Trusted { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>The time according to the monotonic clock.</summary>
    public required DateTimeOffset Expected { get; init; }

    public required long StepSeconds { get; init; }

    public required DateTimeOffset? AlarmedAt { get; init; }
}
