namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>A document that an issuer publishes, or why it could not be had.</summary>
/// <param name="Body">Null when there is none.</param>
/// <param name="MaxAge">How long the issuer says it holds; null = it does not say.</param>
/// <param name="IsElsewhere">The server answered, but has no such document: another place may have it.</param>
/// <param name="Failure">One sentence for the operator, without anything that the server sent.</param>
/// <param name="Next">What the operator does about it.</param>
internal sealed record IssuerDocument(
    ReadOnlyMemory<byte>? Body,
    TimeSpan? MaxAge = null,
    bool IsElsewhere = false,
    string Failure = "",
    string Next = ""
);
