using System.Collections.Concurrent;
using Culvert.Ca.Refusals;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>
/// Publishes each list at once after a revocation, and again after half its validity. All state is in the store: the
/// job may stop at any point, and one of several nodes publishes a list. A list that may not replace the current one is
/// held back and raises an alarm.
/// </summary>
internal sealed class RevocationListPublisher(
    RevocationStore store,
    RevocationListBuilder builder,
    TunnelAuthorityStore authorities,
    AuthorityKeys keys,
    IJournal journal,
    IChanges changes,
    ClockGuard clock,
    Current<CertificateOptions> options,
    TimeProvider time,
    ILogger<RevocationListPublisher> logger
) : RecurringJob("revocation_lists", "Publishes revocation lists that are due.", Interval, time, beginsAtOnce: true)
{
    // The commits of one batch share transactions; the lists' bytes are held in memory.
    private const int AtOnce = 32;

    // A verifier loads a list as a whole: beyond this size, an authority needs more shards.
    private const int BudgetBytes = 100_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim publishing = new(1);

    // Lists that are held back: each raises one alarm until it is published again.
    private readonly HashSet<(string CaId, int Shard)> heldBack = [];

    public override void Dispose()
    {
        base.Dispose();
        publishing.Dispose();
    }

    /// <summary>
    /// Returns the number of published lists; none while the clock is unreliable, because a list from the future could
    /// not be replaced until then.
    /// </summary>
    public async Task<int> PublishDueAsync(CancellationToken cancellationToken)
    {
        await publishing.WaitAsync(cancellationToken);
        try
        {
            // In this order: a clock jump after the check makes no more lists due.
            var now = Time.GetUtcNow();
            if (clock.Check() is not null)
            {
                return 0;
            }

            var endingBefore = now + (options.Value.RevocationListLife / 2);
            var due = await store.ListDueAsync(now, endingBefore, cancellationToken);
            if (due.Count == 0)
            {
                return 0;
            }

            var points = (await store.ListPointsAsync(cancellationToken)).ToDictionary(
                point => point.CaId,
                StringComparer.Ordinal
            );
            var published = 0;
            foreach (var lists in due.GroupBy(list => list.CaId, StringComparer.Ordinal))
            {
                try
                {
                    if (await SignerAsync(lists.Key, now, cancellationToken) is { } signer)
                    {
                        published += await PublishAsync(points[lists.Key], [.. lists], signer, cancellationToken);
                    }
                }
                catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
                {
                    // If one authority's key is unavailable, the lists of the others must not expire.
                    Log.RevocationListsFailed(logger, fault);
                    ServiceMeters.RevocationListFailures.Add(1);
                }
            }

            return published;
        }
        finally
        {
            publishing.Release();
        }
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        RoundFailed += _ => ServiceMeters.RevocationListFailures.Add(1);
        changes.Subscribe(
            ChangeTopics.Feed,
            _ =>
            {
                Request();
                return Task.CompletedTask;
            }
        );
        return Task.CompletedTask;
    }

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => PublishDueAsync(cancellationToken);

    // Null = no client could use a list.
    private async ValueTask<SigningAuthority?> SignerAsync(
        string caId,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var authority = await authorities.FindAsync(caId, cancellationToken);
        return authority?.SignsRevocations(now) == true ? keys.Use(authority) : null;
    }

    private async Task<int> PublishAsync(
        RevocationPoint point,
        IReadOnlyList<StoredRevocationList> due,
        SigningAuthority signer,
        CancellationToken cancellationToken
    )
    {
        var published = 0;
        foreach (var some in due.Chunk(AtOnce))
        {
            ConcurrentQueue<Task<bool>> commits = [];
            await Parallel.ForEachAsync(
                some,
                cancellationToken,
                async (one, cancel) =>
                {
                    var present = await store.FindListAsync(one.CaId, one.Shard, cancel);
                    var next = await builder.BuildAsync(point, present!, signer, cancel);
                    if (next.Succeeded)
                    {
                        commits.Enqueue(CommitAsync(next.Value, present!.Number, cancel));
                    }
                    else
                    {
                        await HoldBackAsync(present!, next.Refusal, cancel);
                    }
                }
            );
            published += (await Task.WhenAll(commits)).Count(done => done);
        }

        return published;
    }

    private async Task<bool> CommitAsync(StoredRevocationList list, long replaced, CancellationToken cancellationToken)
    {
        var result = await journal.CommitAsync(
            new Decision { Statements = [store.Publish(list, replaced)] },
            cancellationToken
        );
        if (result.IsStale)
        {
            return false;
        }

        if (result.RefusalUnlessCommitted() is { } refusal)
        {
            throw new StoreException(refusal.Message);
        }

        lock (heldBack)
        {
            heldBack.Remove((list.CaId, list.Shard));
        }

        ServiceMeters.RevocationListsPublished.Add(1);
        if (list.List!.Length > BudgetBytes)
        {
            Log.RevocationListLarge(logger, list.CaId, list.Shard, list.List.Length, list.Entries);
        }

        return true;
    }

    private async Task HoldBackAsync(
        StoredRevocationList present,
        CaRefusal refusal,
        CancellationToken cancellationToken
    )
    {
        ServiceMeters.RevocationListsHeldBack.Add(1);
        bool isNew;
        lock (heldBack)
        {
            isNew = heldBack.Add((present.CaId, present.Shard));
        }

        if (!isNew)
        {
            return;
        }

        Log.RevocationListHeldBack(logger, present.CaId, present.Shard, refusal.Code.Code, refusal.Message);
        var authority = await authorities.FindAsync(present.CaId, cancellationToken);
        await journal.CommitAsync(
            new Decision
            {
                Event = RevocationListEvents.Refused(
                    AuditOrigin.System(Time.GetUtcNow()),
                    authority?.OrganizationId,
                    present,
                    refusal
                ),
            },
            cancellationToken
        );
    }
}
