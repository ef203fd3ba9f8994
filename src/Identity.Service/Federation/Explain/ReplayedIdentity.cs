namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>A workload that an edit treats otherwise than the rule does now.</summary>
/// <param name="Events">Exchanges in which it was seen so.</param>
/// <param name="LastSeen">The newest of them, with its request id as an example.</param>
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
