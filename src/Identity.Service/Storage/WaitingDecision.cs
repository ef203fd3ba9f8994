namespace Culvert.Identity.Service.Storage;

/// <summary>
/// A decision that waits for a later one to share its transaction (<see cref="Decision.Preceding"/>). It belongs to one
/// request and is written at most once.
/// </summary>
internal sealed class WaitingDecision(Decision decision)
{
    /// <summary>The decision to write; null after its commit.</summary>
    public Decision? Decision => Result is null ? decision : null;

    public CommitResult? Result { get; private set; }

    /// <summary>Records the outcome of a commit; only the first one counts.</summary>
    public void Note(in CommitResult result) => Result ??= result;
}
