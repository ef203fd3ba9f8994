using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Writes down what an issuer's key cache learns, in the background: nothing waits for it, and what is lost costs one
/// fetch.
/// </summary>
internal sealed class IssuerKeyRecorder(
    IIssuerKeyStore keys,
    IIssuerControlStore controlStore,
    IJournal journal,
    TimeProvider time,
    ILogger<IssuerKeyRecorder> logger
)
{
    /// <summary>A set that was not there before; the change becomes an event once, whichever node records it first.</summary>
    public Task SaveAsync(Issuer issuer, StoredKeySet set, KeyChange change) =>
        RunAsync(
            issuer,
            () =>
                keys.SaveAsync(issuer.Id, set, change.IsEmpty ? null : Changed(issuer, change), CancellationToken.None)
        );

    /// <summary>A set that stays, confirmed later or with more keys proved.</summary>
    public Task TouchAsync(Issuer issuer, StoredKeySet set) =>
        RunAsync(issuer, () => keys.TouchAsync(issuer.Id, set, CancellationToken.None));

    public Task TellAsync(IssuerPolling polling, Issuer issuer) =>
        RunAsync(issuer, () => CommitAsync(new Decision { Event = polling }));

    /// <summary>Every node stops polling until an operator resumes it, or a fetch succeeds after all.</summary>
    public Task PauseAsync(IssuerPolling polling, Issuer issuer) =>
        RunAsync(
            issuer,
            async () =>
            {
                var pause = new StoredPause(issuer.Id.Value, time.GetUtcNow());
                await CommitAsync(
                    new Decision
                    {
                        Event = polling,
                        Statements = [controlStore.Pause(pause)],
                        Changes = ChangeTopics.IssuerKeys,
                    }
                );
            }
        );

    public Task ResumeAsync(IssuerPolling polling, Issuer issuer) =>
        RunAsync(
            issuer,
            async () =>
            {
                await CommitAsync(
                    new Decision
                    {
                        Event = polling,
                        Statements = [controlStore.Resume(issuer.Id)],
                        Changes = ChangeTopics.IssuerKeys,
                    }
                );
            }
        );

    /// <summary>An event of the service's own about an issuer.</summary>
    public IssuerPolling Polling(
        string name,
        Issuer issuer,
        KeyState state,
        int failures,
        string? lastFailure,
        DateTimeOffset? fetchedAt
    ) =>
        new(name, issuer.Id, state, failures, lastFailure, fetchedAt)
        {
            At = time.GetUtcNow(),
            Cause = AuditCause.System,
            OrganizationId = issuer.OrganizationId,
            Resources = [new AuditResource("federation_issuer", issuer.Id.Value)],
        };

    private IssuerKeysChanged Changed(Issuer issuer, KeyChange change) =>
        new(issuer.Id, change)
        {
            At = time.GetUtcNow(),
            Cause = AuditCause.System,
            OrganizationId = issuer.OrganizationId,
            Resources = [new AuditResource("federation_issuer", issuer.Id.Value)],
        };

    private async Task CommitAsync(Decision decision) => await journal.CommitAsync(decision, CancellationToken.None);

    private async Task RunAsync(Issuer issuer, Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (Exception fault)
        {
            // The root of a background task; the keys serve from memory, and the next fetch stores them again.
            Log.KeysNotStored(logger, issuer.Id.Value, fault.GetType().Name);
        }
    }
}
