namespace Culvert.Tunnel.Agent.Policy;

internal enum AnswerHandling
{
    Undecided,

    /// <summary>The answer passes unchanged; its bytes are counted.</summary>
    Pass,

    /// <summary>The answer passes at once, and a copy is read: observing changes nothing.</summary>
    Copy,

    /// <summary>The answer is buffered until it is complete: JSON that must be read.</summary>
    Whole,

    Events,

    /// <summary>The answer is read under the answer rules, and only its finding passes.</summary>
    Judge,

    Refused,
}
