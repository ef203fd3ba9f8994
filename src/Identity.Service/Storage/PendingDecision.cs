using System.Security.Cryptography;

namespace Culvert.Identity.Service.Storage;

/// <summary>A decision in the queue, with what could be computed before its turn.</summary>
internal sealed class PendingDecision
{
    public const int SaltBytes = 16;

    private readonly TaskCompletionSource<CommitResult> completion = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    public PendingDecision(Decision decision)
    {
        Decision = decision;
        if (decision.Event is { } audit)
        {
            Body = audit.Encode();
            Salt = RandomNumberGenerator.GetBytes(SaltBytes);
            BodyDigest = JournalChain.Digest(Salt, Body);
        }
    }

    public Decision Decision { get; }

    public byte[] Body { get; } = [];

    public byte[] Salt { get; } = [];

    /// <summary>H(salt ‖ body): what stays when the body is erased.</summary>
    public byte[] BodyDigest { get; } = [];

    /// <summary>What the writer found; told to the waiter only after the commit.</summary>
    public CommitOutcome Outcome { get; set; } = CommitOutcome.Committed;

    public long Sequence { get; set; }

    public Enum? Conflict { get; set; }

    /// <summary>A fault in the decision itself: its waiter gets it, its neighbours go on.</summary>
    public Exception? Fault { get; set; }

    public Task<CommitResult> Completion => completion.Task;

    public void Complete(long revision)
    {
        if (Fault is not null)
        {
            completion.TrySetException(Fault);
            return;
        }

        Complete(
            new CommitResult
            {
                Outcome = Outcome,
                Sequence = Sequence,
                Revision = revision,
                Conflict = Conflict,
            }
        );
    }

    public void Complete(CommitResult result) => completion.TrySetResult(result);
}
