using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Storage;

/// <summary>A queued decision with the values that do not depend on its place in the chain.</summary>
internal sealed class PendingDecision(Decision decision)
{
    public const int SaltBytes = 16;

    private readonly TaskCompletionSource<CommitResult> completion = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    public Decision Decision { get; } = decision;

    private RentedBytes? body;

    /// <summary>The text of the audit entry, until <see cref="Complete"/>; empty without an entry.</summary>
    public ReadOnlyMemory<byte> Body => body?.Memory ?? default;

    public byte[] Salt { get; private set; } = [];

    /// <summary>H(salt ‖ body), which remains when the body is erased.</summary>
    public byte[] BodyDigest { get; private set; } = [];

    public ReplayClaim? Claim { get; set; }

    public PendingDecision? Preceding { get; init; }

    public bool HasFollower { get; init; }

    /// <summary>The writer's result; the waiter gets it only after the commit.</summary>
    public CommitOutcome Outcome { get; set; } = CommitOutcome.Committed;

    public long Sequence { get; set; }

    /// <summary>With <see cref="CommitOutcome.Refused"/>.</summary>
    public Refusal? Refusal { get; set; }

    /// <summary>The first use, with <see cref="CommitOutcome.Replayed"/>.</summary>
    public ReplayUse? Existing { get; set; }

    /// <summary>An error in the decision itself: its waiter gets it; other decisions are not affected.</summary>
    public Exception? Failure { get; set; }

    public bool IsWritten => Outcome == CommitOutcome.Committed && Failure is null;

    public Task<CommitResult> Completion => completion.Task;

    /// <summary>Computes what does not depend on the chain, on the request's thread.</summary>
    public void Prepare()
    {
        if (Decision.Event is { } audit)
        {
            body = audit.Encode();
            Salt = RandomBytes.Get(SaltBytes);
            BodyDigest = JournalChain.Digest(Salt, Body.Span);
        }
    }

    /// <summary>Prepares another attempt after the transaction was rolled back.</summary>
    public void Reset()
    {
        Outcome = CommitOutcome.Committed;
        Sequence = 0;
        Refusal = null;
        Existing = null;
        Failure = null;
    }

    /// <summary>False, and recorded, if the preceding decision was not written.</summary>
    public bool MayBeWritten()
    {
        if (Preceding is not { IsWritten: false } missing)
        {
            return true;
        }

        Outcome = missing.Outcome;
        Refusal = missing.Refusal;
        Existing = missing.Existing;
        Failure = missing.Failure;
        return false;
    }

    /// <summary>False, and recorded, if the statement found another state than expected.</summary>
    public bool Accepts(Statement statement, int rows)
    {
        if (statement.ExpectedRows is not { } expected || rows == expected)
        {
            return true;
        }

        Refuse(statement.MismatchRefusal);
        return false;
    }

    /// <summary>Records that a constraint refused the row: an error of the decision unless declared.</summary>
    public void RefuseRow(Statement statement, Exception violation)
    {
        if (!statement.IsUnique)
        {
            Failure = violation;
            return;
        }

        Refuse(statement.ConstraintRefusal);
    }

    private void Refuse(Refusal? refusal)
    {
        Outcome = refusal is null ? CommitOutcome.Stale : CommitOutcome.Refused;
        Refusal = refusal;
    }

    public void Complete(long revision)
    {
        // The database has the body, or will never get it.
        body?.Return();
        body = null;

        // The key of a decision that was not written stays used, with no first use.
        Claim?.Settle(
            Outcome == CommitOutcome.Replayed ? Existing
            : IsWritten && Decision is { Replay: { } key, Event: { } audit }
                ? new ReplayUse(key.Tag, Instants.FromStore(audit.At.ToStore()))
            : null
        );
        if (Failure is not null)
        {
            completion.TrySetException(Failure);
            return;
        }

        completion.TrySetResult(
            new CommitResult
            {
                Outcome = Outcome,
                Sequence = Sequence,
                Revision = revision,
                Refusal = Refusal,
                Existing = Existing,
            }
        );
    }

    /// <summary>Completes a decision that, as far as is known, was not written.</summary>
    public void Abandon(CommitResult result)
    {
        Claim?.Settle(null);
        completion.TrySetResult(result);
    }
}
