using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Certificates.BundleRules;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>
/// Rotates the root of the platform CA (S11): a new root is staged and linked to the current one, becomes active once
/// every holder that counts has it, and the old root leaves the bundle after its last certificate has expired.
/// Repeating a completed step changes nothing.
/// </summary>
internal sealed class PlatformRootCommands(
    PlatformAuthorityStore store,
    PlatformAuthorityMaker maker,
    PlatformSwaps swaps,
    PlatformCa platform,
    PersonIdentification persons,
    IJournal journal,
    ClockGuard clock,
    Current<CertificateOptions> options,
    TimeProvider time
)
{
    public async ValueTask<Result<PlatformAuthority>> PrepareAsync(
        OperationContext context,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        var swap = await swaps.LoadAsync(cancellationToken);
        if (swap.Roots.Staged is { } waiting)
        {
            return waiting;
        }

        var person = await persons.OfAsync(context.Caller, cancellationToken);
        var epoch = swap.State.Epoch + 1;
        var (root, link) = maker.SignSuccessor(swap.Roots.Active!, epoch, person);
        Require(BundleProtocol.Add(swap.State, root.Id.Value, AnchorRole.Staged));
        return await CommitAsync(
            root,
            PlatformAuthorityEvents.RootChanged(
                AuditEvents.PlatformRootStaged,
                context.OriginAt(root.CreatedAt),
                root,
                epoch,
                reason,
                link
            ),
            [store.RaiseEpoch(swap.State.Epoch), store.Insert(root), store.Insert(link)],
            cancellationToken
        );
    }

    public async ValueTask<Result<PlatformAuthority>> ActivateAsync(
        OperationContext context,
        string id,
        ActivateRootRequest wanted,
        CancellationToken cancellationToken
    )
    {
        var swap = await swaps.LoadAsync(cancellationToken);
        if (swap.Roots.Find(id) is not { } root)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (root.State != RootState.Staged)
        {
            return root.State == RootState.Active ? root : PlatformRootErrors.InvalidState(root);
        }

        var now = time.GetStoreNow();
        // Before that, a node of the service may not know the staged root; an override does not skip this.
        if (root.StateSince + options.Value.DangerousPlatformRootWait is var nodesHoldAt && now < nodesHoldAt)
        {
            return PlatformRootErrors.TooEarly(nodesHoldAt);
        }

        var missing = swap.Missing;
        if (missing.Any(machine => !wanted.Missing.Contains(machine.Id)))
        {
            return PlatformRootErrors.Waits(root, missing);
        }

        var isForced = missing.Count > 0;
        if (isForced && await CheckOverrideAsync(context, root, cancellationToken) is { } alone)
        {
            return alone;
        }

        Require(BundleProtocol.Activate(swap.State, id, isForced));
        var before = swap.Roots.Active!;
        var after = root with { State = RootState.Active, StateSince = now };
        return await CommitAsync(
            after,
            PlatformAuthorityEvents.RootChanged(
                AuditEvents.PlatformRootActivated,
                context.OriginAt(now),
                after,
                swap.State.Epoch,
                wanted.Reason?.Trim(),
                overridden: [.. missing.Select(machine => machine.Id)]
            ),
            [
                // In this order: the store allows one active root at every moment.
                store.Move(before with { State = RootState.Retiring, StateSince = now }, RootState.Active),
                store.Move(after, RootState.Staged),
            ],
            cancellationToken
        );
    }

    private async ValueTask<Refusal?> CheckOverrideAsync(
        OperationContext context,
        PlatformAuthority root,
        CancellationToken cancellationToken
    ) =>
        PersonIdentification.CheckIsPerson(context.Caller) is { } workload ? workload
        : options.Value.SingleApproval ? null
        : PersonIdentification.CheckAreTwo(
            root.MadeBy,
            await persons.OfAsync(context.Caller, cancellationToken),
            PlatformRootErrors.TwoPerson
        );

    /// <summary>Removes a staged root from the bundle. An active root is replaced, never rolled back.</summary>
    public async ValueTask<Result<PlatformAuthority>> RollbackAsync(
        OperationContext context,
        string id,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        var swap = await swaps.LoadAsync(cancellationToken);
        if (swap.Roots.Find(id) is not { } root)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (root.State != RootState.Staged)
        {
            return root.State == RootState.Retired ? root : PlatformRootErrors.InvalidState(root);
        }

        Require(BundleProtocol.Rollback(swap.State, id));
        return await RemoveAsync(
            root,
            swap.State.Epoch,
            AuditEvents.PlatformRootRolledBack,
            context.Cause,
            reason,
            cancellationToken
        );
    }

    /// <summary>Removes roots whose last certificate has expired from the bundle, and destroys their keys.</summary>
    public async Task RetireAsync(CancellationToken cancellationToken)
    {
        if (clock.Check() is not null)
        {
            return; // only a reliable clock can decide what has expired
        }

        // An epoch removes at most one root: the next round finds the next.
        var now = time.GetUtcNow();
        var known = platform.Roots.Trusted.Where(root => root.State == RootState.Retiring);
        if (!known.Any(root => PlatformSwap.RetiresAt(root) <= now))
        {
            return;
        }

        var swap = await swaps.LoadAsync(cancellationToken);
        var over = swap.Roots.Trusted.FirstOrDefault(root =>
            root.State == RootState.Retiring && BundleProtocol.Remove(swap.State, root.Id.Value).Next is not null
        );
        if (over is not null)
        {
            await RemoveAsync(
                over,
                swap.State.Epoch,
                AuditEvents.PlatformRootRetired,
                AuditCause.System,
                reason: null,
                cancellationToken
            );
        }
    }

    private ValueTask<Result<PlatformAuthority>> RemoveAsync(
        PlatformAuthority root,
        long epoch,
        string eventName,
        AuditCause cause,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        var next = root with
        {
            State = RootState.Retired,
            StateSince = time.GetStoreNow(),
            RemovedEpoch = epoch + 1,
            SealedKey = null,
        };
        return CommitAsync(
            next,
            PlatformAuthorityEvents.RootChanged(
                eventName,
                new AuditOrigin(next.StateSince, cause),
                next,
                epoch + 1,
                reason
            ),
            [store.RaiseEpoch(epoch), store.Move(next, root.State), store.DestroyKeys(root.Id.Value)],
            cancellationToken
        );
    }

    private async ValueTask<Result<PlatformAuthority>> CommitAsync(
        PlatformAuthority root,
        AuditEvent audited,
        IReadOnlyList<Statement> statements,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = audited,
                Statements = statements,
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        if (result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        // Without the caller's token: the decision is committed, and this node should load it.
        await platform.LoadAsync(CancellationToken.None);
        return root;
    }

    // The commands check before: a refusal of the rules here is a programming error.
    private static void Require(BundleStep step)
    {
        if (step.Error is { } error)
        {
            throw new InvalidOperationException($"The trust bundle's rules refuse the step: {error}.");
        }
    }
}
