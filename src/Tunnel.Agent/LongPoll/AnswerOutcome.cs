namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>How the control plane responded to the answer that ends a command.</summary>
internal enum AnswerOutcome
{
    Taken,

    /// <summary>The product no longer waits for it.</summary>
    NotPending,

    /// <summary>The control plane refused it, or was unreachable.</summary>
    NotTaken,
}
