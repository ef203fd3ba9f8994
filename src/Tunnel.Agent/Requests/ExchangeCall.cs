namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// The MCP call of an exchange, with the bounds that were decided before the request goes to the upstream. This class
/// does not depend on the code that decides them, or that watches the answer.
/// </summary>
internal abstract class ExchangeCall
{
    /// <summary>The id of the message, as it was written; empty if it has none.</summary>
    public ReadOnlyMemory<byte> Id { get; set; }

    /// <summary>When the rule's timeout ends the call; null = never.</summary>
    public DateTimeOffset? EndsAt { get; set; }

    /// <summary>Whether a rule limits the size of the answer, or the number of concurrent calls.</summary>
    public bool IsBounded { get; set; }

    /// <summary>Why the answer must not continue; null while it may.</summary>
    public abstract Failure? AnswerFailure { get; }

    /// <summary>Why the call was cut, if its rule's time is over.</summary>
    public abstract Failure? LateFailure(ExchangeDeadline deadline);

    /// <summary>
    /// Sends the client the reason why its answer does not continue, if that is still possible: as the answer, or as
    /// the last event of a stream. Counts the refusal. Null: the answer must be aborted.
    /// </summary>
    public abstract ValueTask<Failure?> TryExplainAsync(Exchange exchange, ExchangeDeadline? deadline);

    /// <summary>
    /// Refunds the charges of a call that the agent answers itself. The agent calls this before it sends the answer, so
    /// that a client that received the answer can call again.
    /// </summary>
    public abstract void Refuse(Failure failure);

    /// <summary>Writes the record and releases what the call held. It is called once for each call.</summary>
    public abstract void End(Exchange exchange);
}
