namespace Culvert.Identity.Service.Storage;

/// <summary>The installation's revision: one counter that rises with every change that a feed shows.</summary>
internal interface IRevisions
{
    long Current { get; }

    /// <summary>False if changes of other nodes may be missing: <see cref="IChanges.IsCurrent"/>.</summary>
    bool IsCurrent { get; }

    /// <summary>
    /// Waits until the revision exceeds <paramref name="since"/> (true) or <paramref name="wait"/> has passed (false).
    /// </summary>
    ValueTask<bool> WaitBeyondAsync(long since, TimeSpan wait, CancellationToken cancellationToken);
}
