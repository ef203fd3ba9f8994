namespace Culvert.Identity.Service.Federation.Simulation;

/// <summary>A workload whose result an edit changes.</summary>
/// <param name="Events">The number of exchanges with that result.</param>
/// <param name="LastSeen">The newest of them; its request id is the example.</param>
/// <param name="Reason">Why the version that denies it does so.</param>
/// <param name="Text">The nearest miss of that version, if conditions decided.</param>
internal sealed record ReplayedIdentity(
    string Subject,
    int Events,
    DateTimeOffset LastSeen,
    string RequestId,
    string Reason,
    string? Text
);
