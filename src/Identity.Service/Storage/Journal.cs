using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// The group-commit writer. Requests append to one buffer while a dedicated thread writes the other: one transaction and one
/// flush for all of them, then their waiters continue.
/// </summary>
/// <remarks>
/// State × event:
/// <code>
///            batch waits      commit fails     probe due            stop
/// Serving    write it         → Failed         ignored              finish queue, end
/// Failed     refuse it        (cannot occur)   prove: → Serving     refuse queue, end
/// </code>
/// Failed means that the last batch's outcome is unknown. Its waiters got "unavailable", their replay keys stay
/// used in memory, and the head of the chain is read again from the database before anything is written.
/// </remarks>
internal sealed class Journal : IJournal, IDisposable
{
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromMinutes(1);

    private readonly Database database;
    private readonly StoreNode node;
    private readonly Ordinals ordinals;
    private readonly JournalOptions options;
    private readonly ChangeHub changes;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Thread thread;
    private readonly ReplaySet replays = new();
    private readonly DiskReserve reserve;

    // Guards `incoming`, `stopping` and `probeDue`; the writer waits on it.
    private readonly object gate = new();
    private List<PendingDecision> incoming = [];
    private List<PendingDecision> writing = [];
    private bool stopping;
    private bool probeDue;

    // Only the writer's thread uses these (and the constructor before it starts).
    private JournalSession session;
    private ITimer? proveTimer;
    private DateTimeOffset forgotAt;

    // The latest row whose outcome is known; memory has its replay key and those of all rows before it.
    private long knownSequence;

    private volatile bool healthy = true;

    public Journal(
        Database database,
        StoreNode node,
        Ordinals ordinals,
        JournalOptions options,
        ChangeHub changes,
        TimeProvider time,
        ILogger<Journal> logger
    )
    {
        this.database = database;
        this.node = node;
        this.ordinals = ordinals;
        this.options = options;
        this.changes = changes;
        this.time = time;
        this.logger = logger;
        reserve = new DiskReserve(database.File, options, time, logger);
        session = database.OpenSession(node, ordinals);
        session.LoadReplays(replays, time.GetUtcNow());
        knownSequence = session.Sequence;
        changes.Start(session.Counters);
        thread = new Thread(Run) { IsBackground = true, Name = "journal" };
        thread.Start();
    }

    public bool IsHealthy => healthy;

    public int RememberedReplays => replays.Count;

    /// <inheritdoc/>
    public bool MayHaveUsed(ReplayKey key) => database.IsShared || replays.Holds(key);

    public bool IsReserveReached => reserve.IsReached();

    public ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RequireSound(decision);
        if (
            (decision.Class == DecisionClass.Bulk || decision.Preceding?.Class == DecisionClass.Bulk)
            && reserve.IsReached()
        )
        {
            return new(Refused(StorageErrors.DiskReserve));
        }

        if (!healthy)
        {
            return new(Refused(StorageErrors.Unavailable));
        }

        var preceding = decision.Preceding is { } earlier ? new PendingDecision(earlier) { HasFollower = true } : null;
        var pending = new PendingDecision(decision) { Preceding = preceding };
        if (FindHolder(preceding ?? pending) is { } holder)
        {
            return ReplayedAsync(holder);
        }

        preceding?.Prepare();
        pending.Prepare();
        lock (gate)
        {
            if (stopping)
            {
                preceding?.Abandon(Refused(StorageErrors.Unavailable));
                pending.Abandon(Refused(StorageErrors.Unavailable));
                return new(pending.Completion);
            }

            var wasEmpty = incoming.Count == 0;
            if (preceding is not null)
            {
                incoming.Add(preceding);
            }

            incoming.Add(pending);
            if (wasEmpty)
            {
                Monitor.Pulse(gate);
            }
        }

        return new(pending.Completion);
    }

    public void Dispose()
    {
        lock (gate)
        {
            stopping = true;
            Monitor.Pulse(gate);
        }

        thread.Join();
        proveTimer?.Dispose();
        session.Dispose();
    }

    private static void RequireSound(Decision decision)
    {
        if (decision is { Replay: not null, Event: null } or { Preceding: { Replay: not null, Event: null } })
        {
            throw new ArgumentException("A replay key lives in the audit entry's row: the decision needs one.");
        }

        if (decision is { Preceding: not null, Replay: not null } or { Preceding.Preceding: not null })
        {
            throw new ArgumentException(
                "Of two decisions only the preceding one may have a replay key, and none before it."
            );
        }
    }

    // Null: the decision has claimed its key, if it has one.
    private ReplayClaim? FindHolder(PendingDecision pending)
    {
        if (pending.Decision.Replay is not { } key)
        {
            return null;
        }

        // Before the append, and never undone: from here on the key counts as used (S12).
        pending.Claim = new ReplayClaim(pending.Completion);
        return replays.TryClaim(key, pending.Claim, out var holder) ? null : holder;
    }

    private async ValueTask<CommitResult> ReplayedAsync(ReplayClaim holder) =>
        new()
        {
            Outcome = CommitOutcome.Replayed,
            Existing = await holder.UseAsync(),
            Revision = changes.Current,
        };

    private void Run()
    {
        while (TryDequeueBatch())
        {
            if (healthy)
            {
                Write(writing);
            }
            else
            {
                Abandon(writing, Refused(StorageErrors.Unavailable));
                Prove();
            }

            writing.Clear();
        }
    }

    // Waits for work; false = stop, with an empty queue.
    private bool TryDequeueBatch()
    {
        lock (gate)
        {
            // A timer that fires during the proof leaves a request; a healthy store ignores it.
            while (incoming.Count == 0 && !stopping && (healthy || !probeDue))
            {
                Monitor.Wait(gate);
            }

            if (options.Linger > TimeSpan.Zero && incoming.Count > 0 && !stopping)
            {
                Monitor.Wait(gate, options.Linger);
            }

            (incoming, writing) = (writing, incoming);
            return writing.Count > 0 || !stopping;
        }
    }

    private void Write(List<PendingDecision> batch)
    {
        var began = time.GetTimestamp();
        try
        {
            options.Batch?.Invoke(batch);
            options.Probe?.Invoke(JournalPoint.Dequeued);
            session.Write(batch, options.Probe);
        }
        catch (Exception fault)
        {
            // The boundary of a batch: its requests must be refused, and the thread must survive to prove the store.
            Fail(batch, fault);
            return;
        }

        knownSequence = session.Sequence;
        ServiceMeters.Batches.Add(1);
        ServiceMeters.CommitSeconds.Record(time.GetElapsedTime(began).TotalSeconds);
        ServiceMeters.Decisions.Add(batch.Count);
        changes.Observe(session.Counters);
        ForgetReplays();
        var revision = session.Counters[ChangeTopics.Feed];
        foreach (var pending in batch)
        {
            pending.Complete(revision);
        }
    }

    // The unique column keeps the keys permanently; memory holds them only while their assertions can be presented.
    private void ForgetReplays()
    {
        var now = time.GetUtcNow();
        if (now - forgotAt >= ForgetEvery)
        {
            forgotAt = now;
            replays.Forget(now);
        }
    }

    private void Fail(List<PendingDecision> batch, Exception fault)
    {
        healthy = false;
        Log.StoreFailed(logger, fault, batch.Count);
        session.Dispose();
        // Before any waiter is notified: after that, callers may rely on a proof.
        proveTimer ??= time.CreateTimer(
            static self => ((Journal)self!).RequestProof(),
            this,
            options.ProveEvery,
            options.ProveEvery
        );
        Abandon(batch, Refused(StorageErrors.Unavailable));
    }

    private void RequestProof()
    {
        lock (gate)
        {
            probeDue = true;
            Monitor.Pulse(gate);
        }
    }

    // A new connection, the chain's head from the database, and one real durable write.
    private void Prove()
    {
        lock (gate)
        {
            if (!probeDue)
            {
                return;
            }

            probeDue = false;
        }

        try
        {
            var proven = database.OpenSession(node, ordinals);
            try
            {
                options.Probe?.Invoke(JournalPoint.Dequeued);
                proven.ProveWrite(options.Probe);
                // Rows of the failed batch that were written are replay records too.
                proven.LoadReplays(replays, time.GetUtcNow(), knownSequence);
            }
            catch
            {
                proven.Dispose();
                throw;
            }

            session = proven;
            knownSequence = proven.Sequence;
        }
        catch (Exception fault)
        {
            // Still failed: the next probe tries again.
            Log.StoreProbeFailed(logger, fault.Message);
            return;
        }

        proveTimer?.Dispose();
        proveTimer = null;
        database.ReserveHeadroom();
        healthy = true;
        Log.StoreProven(logger);
        changes.Observe(session.Counters);
    }

    private static void Abandon(List<PendingDecision> batch, CommitResult result)
    {
        foreach (var pending in batch)
        {
            pending.Abandon(result);
        }
    }

    private static CommitResult Refused(ErrorCode code) =>
        new()
        {
            Outcome = CommitOutcome.Unavailable,
            Refusal = code.Refuse() with { RetryAfter = TimeSpan.FromSeconds(1) },
        };
}
