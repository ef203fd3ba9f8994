using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// Authenticates callers. An interface, because the implementation depends on all capabilities, whose endpoints need it.
/// </summary>
internal interface IAuthenticator
{
    /// <summary>
    /// Verifies the request's credential. Also used by endpoints that accept one in addition to a client certificate.
    /// </summary>
    ValueTask<Result<Caller>> AuthenticateAsync(HttpContext http, CancellationToken cancellationToken);

    /// <summary>
    /// Checks the connection's client certificate for the role and the current time; null = the request has its peer.
    /// </summary>
    ValueTask<Refusal?> AuthenticatePeerAsync(
        ApiRequest request,
        MachineRole role,
        CancellationToken cancellationToken
    );
}
