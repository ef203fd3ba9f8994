namespace Culvert.Identity.Service.PersonConnections;

/// <summary>
/// The <c>state</c> at the upstream: sealed, bound to the organization and the browser. It names the person who signed in, so
/// that the grant is theirs, not that of the person who made the link.
/// </summary>
/// <param name="Verifier">RFC 7636.</param>
/// <param name="SignedInAt">Seconds since 1970.</param>
/// <param name="ExpiresAt">Seconds since 1970.</param>
internal sealed record ConnectState(
    string ConnectionId,
    string Issuer,
    string Subject,
    string Verifier,
    long SignedInAt,
    long ExpiresAt
)
{
    public override string ToString() => nameof(ConnectState);
}
