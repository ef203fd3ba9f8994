using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>A journal before which, once, something else is committed: between a request's check and its record.</summary>
internal sealed class InterruptingJournal(IJournal journal) : IJournal
{
    private Func<Decision, bool> isNext = _ => false;
    private Func<Task>? interruption;

    public bool IsHealthy => journal.IsHealthy;

    /// <summary>After a certificate was requested and checked, before its intent is recorded.</summary>
    public void BeforeNextIntent(Func<Task> action) =>
        Before(decision => decision.Event?.Name == AuditEvents.CertificateSigning, action);

    /// <summary>After a certificate was signed, before it is recorded.</summary>
    public void BeforeNextCertificate(Func<Task> action) =>
        Before(decision => decision.Event?.Name == AuditEvents.CertificateSigned, action);

    public async ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken)
    {
        if (isNext(decision) && Interlocked.Exchange(ref interruption, null) is { } action)
        {
            await action();
        }

        return await journal.CommitAsync(decision, cancellationToken);
    }

    /// <summary>Before the next decision of that kind is recorded.</summary>
    public void Before(Func<Decision, bool> next, Func<Task> action)
    {
        isNext = next;
        Volatile.Write(ref interruption, action);
    }
}
