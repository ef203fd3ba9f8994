using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// Proves who calls. A boundary: what knows every kind of credential is above all capabilities, and every endpoint of
/// theirs needs it.
/// </summary>
internal interface IAuthenticator
{
    /// <summary>
    /// The credential of the request, proved. Also for endpoints that take it in addition to a client certificate.
    /// </summary>
    ValueTask<Result<Caller>> AuthenticateAsync(HttpContext http, CancellationToken cancellationToken);

    /// <summary>
    /// Checks the connection's client certificate against the role and the present moment; null = the request has its peer.
    /// </summary>
    ValueTask<Refusal?> AuthenticatePeerAsync(
        ApiRequest request,
        MachineRole role,
        CancellationToken cancellationToken
    );
}
