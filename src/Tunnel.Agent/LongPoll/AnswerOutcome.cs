namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>How the control plane took the answer that ends a command.</summary>
internal enum AnswerOutcome
{
    Taken,

    /// <summary>The product no longer waits for it.</summary>
    NotPending,

    /// <summary>The control plane refused it, or was not reached.</summary>
    NotTaken,
}
