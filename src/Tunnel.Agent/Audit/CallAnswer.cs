namespace Culvert.Tunnel.Agent.Audit;

/// <summary>What the answer rules did to an answer, or would have done: numbers, and never a value.</summary>
/// <param name="Rows">The records that crossed.</param>
/// <param name="RowsRemoved">The records that stayed inside; of an answer that did not cross, all that were read.</param>
/// <param name="FieldsRemoved">The values that stayed inside; an object counts once.</param>
/// <param name="Masked">The values that crossed in a masked form.</param>
/// <param name="Digest">SHA-256 of the message that the caller got, or would have got; empty without one.</param>
/// <param name="Problem">Why the answer was withheld: a stable word; otherwise empty.</param>
internal sealed record CallAnswer(
    long Rows,
    long RowsRemoved,
    long FieldsRemoved,
    long Masked,
    ReadOnlyMemory<byte> Digest,
    string Problem
)
{
    /// <summary>The <see cref="Problem"/> if the server answered with an error that may not cross.</summary>
    public const string ServerError = "error";
}
