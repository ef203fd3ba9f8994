namespace Culvert.Identity.Service.PersonConnections;

/// <summary>
/// The person who signed in, as the forms of a page carry it: sealed, bound to the organization and the browser. The form
/// names the connection.
/// </summary>
/// <param name="SignedInAt">Seconds since 1970.</param>
/// <param name="ExpiresAt">Seconds since 1970.</param>
internal sealed record ConnectRequest(string Issuer, string Subject, string Name, long SignedInAt, long ExpiresAt)
{
    // Personal data.
    public override string ToString() => nameof(ConnectRequest);
}
