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

    /// <summary>Commits an event about polling. With it, every node pauses or resumes polling.</summary>
    public Task WriteEventAsync(AuditEvent polling, Issuer issuer, KeySetEffects effect) =>
        RunAsync(
            issuer,
            async () =>
                await journal.CommitAsync(
                    new Decision
                    {
                        Event = polling,
                        Statements = effect switch
                        {
                            KeySetEffects.Pause =>
                            [
                                controlStore.Pause(new(issuer.Id.Value, time.GetUtcNow().ToStore())),
                            ],
                            KeySetEffects.Resume => [controlStore.Resume(issuer.Id)],
                            _ => [],
                        },
                        Changes = effect is KeySetEffects.Pause or KeySetEffects.Resume
                            ? ChangeTopics.IssuerKeys
                            : ChangeTopics.None,
                    },
                    CancellationToken.None
                )
        );

    /// <summary>The event of an effect on polling, with the service as the actor.</summary>
    public AuditEvent Polling(KeySetEffects effect, Issuer issuer, KeySetState keys, KeyState state) =>
        IssuerEvents.Polling(
            effect switch
            {
                KeySetEffects.Degrade => AuditEvents.IssuerPollDegraded,
                KeySetEffects.Pause => AuditEvents.IssuerPollPaused,
                KeySetEffects.Resume => AuditEvents.IssuerPollResumed,
                _ => AuditEvents.IssuerPollRecovered,
            },
            AuditOrigin.System(time.GetUtcNow()),
            issuer,
            state,
            keys.Failures,
            keys.LastFailure,
            keys.Present?.FetchedAt
        );

    private IssuerKeysChanged Changed(Issuer issuer, KeyChange change) =>
        new(AuditOrigin.System(time.GetUtcNow()), issuer, change);

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
