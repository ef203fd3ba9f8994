using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Culvert.Jose.Keys;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Stores what an issuer's key cache learns, in the background: a lost write only costs one fetch.</summary>
internal sealed class IssuerKeyRecorder(
    IIssuerKeyStore keys,
    IIssuerControlStore controlStore,
    IJournal journal,
    TimeProvider time,
    ILogger<IssuerKeyRecorder> logger
)
{
    /// <summary>Stores a new set; the change becomes one event, whichever node stores it first.</summary>
    public Task SaveAsync(Issuer issuer, StoredKeySet set, KeyChange change) =>
        RunAsync(
            issuer,
            () =>
                keys.SaveAsync(issuer.Id, set, change.IsEmpty ? null : Changed(issuer, change), CancellationToken.None)
        );

    /// <summary>Stores that a set was confirmed again or has more proven keys.</summary>
    public Task TouchAsync(Issuer issuer, StoredKeySet set) =>
        RunAsync(issuer, () => keys.TouchAsync(issuer.Id, set, CancellationToken.None));

    public Task TellAsync(AuditEvent polling, Issuer issuer) =>
        RunAsync(issuer, () => CommitAsync(new Decision { Event = polling }));

    /// <summary>Every node stops polling until an operator resumes it or a fetch succeeds.</summary>
    public Task PauseAsync(AuditEvent polling, Issuer issuer) =>
        RunAsync(
            issuer,
            async () =>
            {
                var pause = new StoredPause(issuer.Id.Value, time.GetUtcNow().ToStore());
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

    public Task ResumeAsync(AuditEvent polling, Issuer issuer) =>
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

    /// <summary>An event about an issuer with the service as the actor.</summary>
    public AuditEvent Polling(
        string name,
        Issuer issuer,
        KeyState state,
        int failures,
        string? lastFailure,
        DateTimeOffset? fetchedAt
    ) =>
        IssuerEvents.Polling(
            name,
            AuditOrigin.System(time.GetUtcNow()),
            issuer,
            state,
            failures,
            lastFailure,
            fetchedAt
        );

    private IssuerKeysChanged Changed(Issuer issuer, KeyChange change) =>
        new(AuditOrigin.System(time.GetUtcNow()), issuer, change);

    private async Task CommitAsync(Decision decision) => await journal.CommitAsync(decision, CancellationToken.None);

    private async Task RunAsync(Issuer issuer, Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (Exception fault)
        {
            // The root of a background task: the keys in memory stay in use, and the next fetch stores them again.
            Log.KeysNotStored(logger, issuer.Id.Value, fault.GetType().Name);
        }
    }
}

internal sealed record IssuerKeysChanged(AuditOrigin Origin, Issuer Issuer, KeyChange Change)
    : AuditEvent(
        AuditEvents.IssuerKeysChanged,
        Origin,
        Issuer.OrganizationId,
        [new("federation_issuer", Issuer.Id.Value)],
        [
            ("issuer_id", Issuer.Id.Value),
            ("added", Change.Added.Select(ToData)),
            ("removed", Change.Removed.Select(ToData)),
            ("replaced", Change.Replaced.Select(ToData)),
        ]
    )
{
    private static AuditData ToData(VerificationKey key) => [("kid", key.KeyId), ("thumbprint", key.Thumbprint)];
}
