using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Status;

/// <summary>One check of the status. New checks must be added to the list in <see cref="StatusRegistration"/>.</summary>
internal interface IStatusCheck
{
    /// <summary>Stable; snake case.</summary>
    string Name { get; }

    /// <summary>Whether the caller may read the objects that the findings are about.</summary>
    bool IsShownTo(Caller caller);

    /// <summary>The problems that the caller may see; a single finding in state ok if there are none.</summary>
    ValueTask<IReadOnlyList<StatusFinding>> RunAsync(Caller caller, CancellationToken cancellationToken);
}
