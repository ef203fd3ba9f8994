namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>A document that an issuer publishes, or why it could not be fetched.</summary>
/// <param name="Body">Null after a failure.</param>
/// <param name="MaxAge">The lifetime that the response states; null without one.</param>
/// <param name="IsElsewhere">The server responded, but has no such document: another URL may have it.</param>
/// <param name="Failure">One sentence for the operator, without any text of the server.</param>
internal sealed record IssuerDocument(
    ReadOnlyMemory<byte>? Body,
    TimeSpan? MaxAge = null,
    bool IsElsewhere = false,
    string Failure = "",
    string Next = ""
);
