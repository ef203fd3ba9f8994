using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>A journal before which, once, something else is committed: after a request was checked, before its intent.</summary>
internal sealed class InterruptingJournal(IJournal journal) : IJournal
{
    private Func<Task>? interruption;

    public bool IsHealthy => journal.IsHealthy;

    public void BeforeNextIntent(Func<Task> action) => Volatile.Write(ref interruption, action);

    public async ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken)
    {
        if (decision.Event is CertificateSigning && Interlocked.Exchange(ref interruption, null) is { } action)
        {
            await action();
        }

        return await journal.CommitAsync(decision, cancellationToken);
    }
}
