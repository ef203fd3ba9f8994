namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// The MCP call that an exchange carries, under the bounds that were decided before the upstream is asked. It knows nothing
/// of who decided them, or how the answer is watched.
/// </summary>
internal abstract class ExchangeCall
{
    /// <summary>Of the message, as it was written; empty when it has none.</summary>
    public ReadOnlyMemory<byte> Id { get; set; }

    /// <summary>When the rule's timeout ends the call; null = never.</summary>
    public DateTimeOffset? EndsAt { get; set; }

    /// <summary>A rule bounds how much is answered, or how many calls are under way.</summary>
    public bool IsBounded { get; set; }

    /// <summary>Why the answer must not continue; null while it may.</summary>
    public abstract Failure? AnswerFailure { get; }

    /// <summary>Why the call was cut, if its rule's time is over.</summary>
    public abstract Failure? LateFailure(ExchangeDeadline deadline);

    /// <summary>
    /// Sends the client the reason why its answer does not continue, where that is still possible: as the answer, or as
    /// the last event of a stream; and counts that as a refusal. Null: the answer must be aborted.
    /// </summary>
    public abstract ValueTask<Failure?> TryExplainAsync(Exchange exchange, ExchangeDeadline? deadline);

    /// <summary>
    /// The agent answers itself: gives back what the call was charged for nothing. It is called before the answer, so that
    /// a client that has it can call again.
    /// </summary>
    public abstract void Refuse(Failure failure);

    /// <summary>Writes the record and gives back what the call held. It is called once, whatever happened.</summary>
    public abstract void End(Exchange exchange);
}
