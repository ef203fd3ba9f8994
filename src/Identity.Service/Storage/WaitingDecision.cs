namespace Culvert.Identity.Service.Storage;

/// <summary>
/// A decision that waits for a later one, to share its transaction (<see cref="Decision.Preceding"/>). It belongs to one
/// request and is written at most once.
/// </summary>
internal sealed class WaitingDecision(Decision decision)
{
    /// <summary>What is still to be written; null = its fate is known.</summary>
    public Decision? Decision => Result is null ? decision : null;

    /// <summary>The outcome of the commit that it was part of; null = none yet.</summary>
    public CommitResult? Result { get; private set; }

    /// <summary>Takes the outcome of a commit; the outcome of the first one counts.</summary>
    public void Note(in CommitResult result) => Result ??= result;
}
