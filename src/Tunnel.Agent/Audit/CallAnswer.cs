namespace Culvert.Tunnel.Agent.Audit;

/// <summary>What the answer rules did to an answer, or would have done: numbers, and never a value.</summary>
/// <param name="Rows">The records that crossed.</param>
/// <param name="RowsRemoved">The records that stayed inside.</param>
/// <param name="FieldsRemoved">The values that stayed inside; an object counts once.</param>
/// <param name="Masked">The values that crossed in a masked form.</param>
/// <param name="Digest">SHA-256 of the message that the caller got; empty without one.</param>
/// <param name="Problem">Why nothing of the answer crossed: a stable word; otherwise empty.</param>
internal sealed record CallAnswer(
    long Rows,
    long RowsRemoved,
    long FieldsRemoved,
    long Masked,
    ReadOnlyMemory<byte> Digest,
    string Problem
);
