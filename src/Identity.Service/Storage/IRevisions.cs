namespace Culvert.Identity.Service.Storage;

/// <summary>The installation's revision: one counter that moves with every change a feed shows.</summary>
internal interface IRevisions
{
    long Current { get; }

    /// <summary>
    /// Waits until the revision is above <paramref name="since"/>: true, or false when <paramref name="wait"/> is over.
    /// </summary>
    ValueTask<bool> WaitBeyondAsync(long since, TimeSpan wait, CancellationToken cancellationToken);
}
