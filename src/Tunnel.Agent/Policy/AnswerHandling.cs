namespace Culvert.Tunnel.Agent.Policy;

/// <summary>How an answer passes the filter.</summary>
internal enum AnswerHandling
{
    /// <summary>Its head has not been seen.</summary>
    Undecided,

    /// <summary>As it comes; bytes are counted.</summary>
    Pass,

    /// <summary>Passed on at once, and a copy is read: observing changes nothing.</summary>
    Copy,

    /// <summary>Buffered until it is complete: JSON that must be read.</summary>
    Whole,

    /// <summary>Event by event.</summary>
    Events,

    /// <summary>Not at all.</summary>
    Refused,
}
