namespace Culvert.Tunnel.Agent.Policy;

/// <summary>How an answer passes the filter.</summary>
internal enum AnswerHandling
{
    /// <summary>The head has not been seen yet.</summary>
    Undecided,

    /// <summary>The answer passes unchanged; its bytes are counted.</summary>
    Pass,

    /// <summary>The answer passes at once, and a copy is read: observing changes nothing.</summary>
    Copy,

    /// <summary>The answer is buffered until it is complete: JSON that must be read.</summary>
    Whole,

    /// <summary>The answer is filtered event by event.</summary>
    Events,

    /// <summary>The answer does not pass.</summary>
    Refused,
}
