namespace Culvert.Tunnel.Agent.Policy;

/// <summary>How an answer passes the filter.</summary>
internal enum AnswerHandling
{
    /// <summary>Its head has not been seen.</summary>
    Undecided,

    /// <summary>As it comes; bytes are counted.</summary>
    Pass,

    /// <summary>As it comes, and a copy is looked at: observing changes nothing.</summary>
    Copy,

    /// <summary>Held until it is complete: JSON that has to be looked at.</summary>
    Whole,

    /// <summary>Event by event.</summary>
    Events,

    /// <summary>Not at all.</summary>
    Refused,
}
