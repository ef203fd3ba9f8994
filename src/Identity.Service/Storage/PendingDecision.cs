using System.Globalization;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Storage;

/// <summary>A decision in the queue, with what could be computed before its turn.</summary>
internal sealed class PendingDecision(Decision decision)
{
    public const int SaltBytes = 16;

    private readonly TaskCompletionSource<CommitResult> completion = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    public Decision Decision { get; } = decision;

    private RentedBytes? body;

    /// <summary>The record's text; empty without a record. Until <see cref="Complete"/>.</summary>
    public ReadOnlyMemory<byte> Body => body?.Memory ?? default;

    public byte[] Salt { get; private set; } = [];

    /// <summary>H(salt ‖ body): what stays when the body is erased.</summary>
    public byte[] BodyDigest { get; private set; } = [];

    /// <summary>This decision's hold on its replay key in memory.</summary>
    public ReplayClaim? Claim { get; set; }

    /// <summary>The decision that this one rests on, which is earlier in the same batch; null = none.</summary>
    public PendingDecision? Preceding { get; init; }

    /// <summary>Whether another decision of the batch rests on this one.</summary>
    public bool HasFollower { get; init; }

    /// <summary>What the writer found; told to the waiter only after the commit.</summary>
    public CommitOutcome Outcome { get; set; } = CommitOutcome.Committed;

    public long Sequence { get; set; }

    public Enum? Conflict { get; set; }

    /// <summary>With <see cref="CommitOutcome.Replayed"/>: who was first.</summary>
    public ReplayUse? Existing { get; set; }

    /// <summary>An error in the decision itself: its waiter gets it, the other decisions continue.</summary>
    public Exception? Fault { get; set; }

    /// <summary>There is no objection to this decision so far.</summary>
    public bool IsWritten => Outcome == CommitOutcome.Committed && Fault is null;

    public Task<CommitResult> Completion => completion.Task;

    /// <summary>Computes what does not depend on the chain; on the request's own thread.</summary>
    public void Prepare()
    {
        if (Decision.Event is { } audit)
        {
            body = audit.Encode();
            Salt = RandomBytes.Get(SaltBytes);
            BodyDigest = JournalChain.Digest(Salt, Body.Span);
        }
    }

    /// <summary>The transaction was undone as a whole and is tried again.</summary>
    public void Reset()
    {
        Outcome = CommitOutcome.Committed;
        Sequence = 0;
        Conflict = null;
        Existing = null;
        Fault = null;
    }

    /// <summary>False = the preceding decision was not written, so that this one must not be, either: noted.</summary>
    public bool MayBeWritten()
    {
        if (Preceding is not { IsWritten: false } missing)
        {
            return true;
        }

        Outcome = missing.Outcome;
        Existing = missing.Existing;
        Fault = missing.Fault;
        return false;
    }

    /// <summary>False = the statement met another state than expected, which is noted.</summary>
    public bool Accepts(Statement statement, int rows)
    {
        if (statement.ExpectedRows is not { } expected || rows == expected)
        {
            return true;
        }

        Refuse(
            statement.OnMismatch,
            new InvalidOperationException(
                string.Create(CultureInfo.InvariantCulture, $"{rows} rows instead of {expected}: {statement.Sql}")
            )
        );
        return false;
    }

    /// <summary>A declared conflict is an answer; an undeclared one is an error of the decision.</summary>
    public void Refuse(Enum? conflict, Exception undeclared)
    {
        if (conflict is null)
        {
            Fault = undeclared;
            return;
        }

        Outcome = CommitOutcome.Conflict;
        Conflict = conflict;
    }

    public void Complete(long revision)
    {
        // The database has it, or will never get it.
        body?.Return();
        body = null;

        // A key whose decision was not written stays burnt, with no first use.
        Claim?.Settle(
            Outcome == CommitOutcome.Replayed ? Existing
            : IsWritten && Decision is { Replay: { } key, Event: { } audit }
                ? new ReplayUse(key.Tag, Instants.FromStore(audit.At.ToStore()))
            : null
        );
        if (Fault is not null)
        {
            completion.TrySetException(Fault);
            return;
        }

        completion.TrySetResult(
            new CommitResult
            {
                Outcome = Outcome,
                Sequence = Sequence,
                Revision = revision,
                Conflict = Conflict,
                Existing = Existing,
            }
        );
    }

    /// <summary>None of it was written, as far as is known.</summary>
    public void Abandon(CommitResult result)
    {
        Claim?.Settle(null);
        completion.TrySetResult(result);
    }
}
