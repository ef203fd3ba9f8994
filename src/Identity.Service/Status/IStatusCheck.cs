using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Status;

/// <summary>One question of the status. A new one is added to the list in <see cref="StatusRegistration"/>.</summary>
internal interface IStatusCheck
{
    /// <summary>Stable; snake case.</summary>
    string Name { get; }

    /// <summary>Whether the caller may read what the findings speak of.</summary>
    bool IsShownTo(Caller caller);

    /// <summary>What needs attention in what the caller sees; one finding in state ok where nothing does.</summary>
    ValueTask<IReadOnlyList<StatusFinding>> RunAsync(Caller caller, CancellationToken cancellationToken);
}
