using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>
/// Holds the current <see cref="SigningKeySet"/>, reads it again when any node changed it, and executes the
/// <see cref="SigningKeyPlan"/>. Several nodes may plan the same key: the store accepts one of them.
/// </summary>
internal sealed class SigningKeyRing(
    TokenSigningKeyStore store,
    SigningKeyMaker maker,
    IJournal journal,
    IChanges changes,
    ClockGuard clock,
    TokenSigningOptions options,
    TimeProvider time,
    ILogger<SigningKeyRing> logger
) : IHostedService, IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(10);

    private readonly CommittedState state = new(changes, ChangeTopics.SigningKeys);
    private volatile SigningKeySet? current;
    private ITimer? timer;

    private volatile bool isFailing;

    /// <summary>Whether the last attempt to sign a token failed.</summary>
    public bool IsFailing
    {
        get => isFailing;
        set
        {
            // Written only when it changes: all requests share this cache line.
            if (isFailing != value)
            {
                isFailing = value;
            }
        }
    }

    /// <summary>Whether a committed change of keys may be missing: then no key is trusted.</summary>
    public bool IsStale => state.IsStale;

    public SigningKeySet Current =>
        current ?? throw new InvalidOperationException("The token signing keys are not loaded yet.");

    private long NextGeneration => Current.Keys.Count == 0 ? 1 : Current.Keys[^1].Generation + 1;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        state.Follow(ReloadAsync);
        try
        {
            await RotateAsync(cancellationToken);
        }
        catch (StoreException fault) when (current is not null && !state.HasFailed)
        {
            // The store accepts no writes: its keys still verify and are published, and the next round tries again.
            Log.SigningKeyRotationFailed(logger, fault);
        }

        timer = time.CreateTimer(_ => _ = RotateInBackgroundAsync(), null, CheckInterval, CheckInterval);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (timer is not null)
        {
            await timer.DisposeAsync();
        }
    }

    public void Dispose()
    {
        timer?.Dispose();
        state.Dispose();
    }

    public Task ReloadAsync(CancellationToken cancellationToken) => LockedAsync(LoadAsync_NeedsLock, cancellationToken);

    /// <summary>Creates and retires keys that are due, as long as the clock is reliable. Idempotent.</summary>
    public Task RotateAsync(CancellationToken cancellationToken) =>
        LockedAsync(RotateAsync_NeedsLock, cancellationToken);

    /// <summary>
    /// The present keys. If there is none yet, it creates one that signs at once, because no client can have cached an older
    /// set.
    /// </summary>
    /// <exception cref="StoreException">The store did not accept the first key.</exception>
    public async ValueTask<SigningKeySet> GetOrCreateAsync(CancellationToken cancellationToken)
    {
        if (Current.Keys.Count > 0)
        {
            return Current;
        }

        using var lease = await state.EnterAsync(cancellationToken);
        await LoadAsync_NeedsLock(cancellationToken);
        if (Current.Keys.Count == 0)
        {
            await MakeAsync_NeedsLock(time.GetStoreNow(), AuditCause.System, reason: null, cancellationToken);
            await LoadAsync_NeedsLock(CancellationToken.None);
        }

        return Current;
    }

    /// <summary>Publishes the next key now, ahead of its time; it signs once all clients can know it.</summary>
    public async Task<Result<TokenSigningKey>> RotateEarlyAsync(
        AuditActor actor,
        string requestId,
        string reason,
        CancellationToken cancellationToken
    )
    {
        if (clock.RefusalIfAlarmed() is { } unsynchronised)
        {
            return unsynchronised;
        }

        using var lease = await state.EnterAsync(cancellationToken);
        await LoadAsync_NeedsLock(cancellationToken);
        var now = time.GetStoreNow();
        if (Current.Keys[^1].ActiveFrom > now)
        {
            return SigningKeyErrors.Pending.Refuse();
        }

        if (Current.Keys.Count >= SigningKeyPlan.MaxKeys)
        {
            return SigningKeyErrors.Limit.Refuse();
        }

        var made = await MakeAsync_NeedsLock(
            now + options.PublishBefore,
            new AuditCause(actor, requestId),
            reason,
            cancellationToken
        );
        await LoadAsync_NeedsLock(CancellationToken.None);
        return made is null ? SigningKeyErrors.Changed.Refuse() : made;
    }

    /// <summary>
    /// Revokes a compromised key: everything that it signed is refused from now on, and enrolments that depend on such
    /// tokens are revoked. If it was the signing key, the next key signs at once. An already published key is
    /// preferred, because validators may know it.
    /// </summary>
    public async Task<Result<TokenSigningKey>> DropAsync(
        string compromisedId,
        IReadOnlyList<Statement> consequences,
        AuditActor actor,
        string requestId,
        string reason,
        CancellationToken cancellationToken
    )
    {
        using var lease = await state.EnterAsync(cancellationToken);
        await LoadAsync_NeedsLock(cancellationToken);
        var now = time.GetStoreNow();
        if (Current.Keys.FirstOrDefault(key => key.KeyId == compromisedId) is not { } compromised)
        {
            return RequestErrors.NotFound.Refuse();
        }

        var signer = Current.SignerAt(now);
        var successor =
            signer.KeyId != compromisedId ? signer
            : Current.Keys.FirstOrDefault(key => key.ActiveFrom > now) is { } next ? next with { ActiveFrom = now }
            : maker.Make(now, now, NextGeneration);
        var isNew = successor.Generation > Current.Keys[^1].Generation;
        List<Statement> statements = [store.Delete(compromisedId), .. consequences];
        if (isNew)
        {
            statements.Add(store.Insert(successor));
        }
        else if (successor.KeyId != signer.KeyId)
        {
            statements.Add(store.Activate(successor.KeyId, now));
        }

        var result = await journal.CommitAsync(
            new Decision
            {
                Event = SigningKeyEvents.Compromised(
                    new AuditOrigin(now, new AuditCause(actor, requestId)),
                    compromisedId,
                    successor.KeyId,
                    reason
                ),
                Statements = statements,
                Changes = ChangeTopics.SigningKeys | ChangeTopics.Feed,
            },
            cancellationToken
        );
        if (result.IsStale && isNew)
        {
            // Certainly not written. If the answer of a commit was lost, the result is unknown and the key has to stay.
            maker.Destroy(successor);
        }

        await LoadAsync_NeedsLock(CancellationToken.None);
        if (result.IsStale)
        {
            return SigningKeyErrors.Changed.Refuse();
        }

        if (result.RefusalUnlessCommitted() is { } unavailable)
        {
            return unavailable;
        }

        Log.SigningKeyCompromised(logger, compromisedId, successor.KeyId);
        maker.Destroy(compromised);
        return successor;
    }

    private async Task RotateAsync_NeedsLock(CancellationToken cancellationToken)
    {
        // Includes changes of other nodes whose notification has not arrived.
        await LoadAsync_NeedsLock(cancellationToken);
        if (clock.Check() is not null)
        {
            // A jump forward would retire keys whose tokens are still valid, and destroy them permanently.
            return;
        }

        if (Current.Keys.Count == 0)
        {
            return;
        }

        var plan = SigningKeyPlan.For(Current.Keys, options, time.GetStoreNow());
        if (plan is { PrepareFrom: null, Retire.Count: 0 })
        {
            return;
        }

        if (plan.PrepareFrom is { } from)
        {
            await MakeAsync_NeedsLock(from, AuditCause.System, reason: null, cancellationToken);
        }

        foreach (var keyId in plan.Retire)
        {
            await RetireAsync_NeedsLock(keyId, cancellationToken);
        }

        await LoadAsync_NeedsLock(cancellationToken);
    }

    // Null if another node was faster; its key serves as well.
    private async Task<TokenSigningKey?> MakeAsync_NeedsLock(
        DateTimeOffset from,
        AuditCause cause,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        var key = maker.Make(now, from, NextGeneration);
        var created = SigningKeyEvents.Created(
            new AuditOrigin(now, cause),
            key.KeyId,
            key.ActiveFrom,
            key.Custody,
            reason,
            store.Family.Use
        );
        if (!await CommitAsync(created, store.Insert(key), cancellationToken))
        {
            // Certainly not written. If the answer of a commit was lost, the result is unknown and the key has to stay.
            maker.Destroy(key);
            return null;
        }

        Log.SigningKeyPrepared(logger, key.KeyId, from);
        return key;
    }

    private async Task RetireAsync_NeedsLock(string keyId, CancellationToken cancellationToken)
    {
        var retired = Current.Keys.First(key => key.KeyId == keyId);
        var audited = SigningKeyEvents.Retired(AuditOrigin.System(time.GetStoreNow()), keyId);
        if (await CommitAsync(audited, store.Delete(keyId), cancellationToken))
        {
            maker.Destroy(retired);
            Log.SigningKeyRetired(logger, keyId);
        }
    }

    // The keys in memory may include a revoked one: they are stale if this fails.
    private Task LoadAsync_NeedsLock(CancellationToken cancellationToken) =>
        state.ReadEnteredAsync(
            async cancel =>
            {
                var keys = await store.AllAsync(cancel);
                current =
                    keys.Count > 0 || store.Family.MayBeEmpty
                        ? new SigningKeySet(keys)
                        : throw new StoreException("The store has no token signing key: it was not created by init.");
            },
            cancellationToken
        );

    private async Task LockedAsync(Func<CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        using var lease = await state.EnterAsync(cancellationToken);
        await action(cancellationToken);
    }

    private async Task RotateInBackgroundAsync()
    {
        try
        {
            await RotateAsync(CancellationToken.None);
        }
        catch (Exception fault)
        {
            // The root of a timer's task. If the keys could not be read, nothing is granted until they are, which is
            // tried every second; creation and retirement wait for the next round.
            Log.SigningKeyRotationFailed(logger, fault);
        }
    }

    // False if another node was faster.
    private async Task<bool> CommitAsync(AuditEvent change, Statement statement, CancellationToken cancellationToken)
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = change,
                Statements = [statement],
                // Agents verify with the keys of their feeds.
                Changes = ChangeTopics.SigningKeys | ChangeTopics.Feed,
            },
            cancellationToken
        );
        if (result.IsStale)
        {
            return false;
        }

        return result.RefusalUnlessCommitted() is { } refusal ? throw new StoreException(refusal.Message) : true;
    }
}
