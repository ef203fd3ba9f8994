namespace Culvert.Identity.Service.PersonConnections;

/// <summary>What the page of a person who signed in carries: sealed, bound to the organization and the browser.</summary>
/// <param name="SignedInAt">Seconds since 1970.</param>
/// <param name="ExpiresAt">Seconds since 1970.</param>
internal sealed record ConnectRequest(
    string ConnectionId,
    string Issuer,
    string Subject,
    string Name,
    long SignedInAt,
    long ExpiresAt
)
{
    // Personal data.
    public override string ToString() => nameof(ConnectRequest);
}
