using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Authentication;

/// <summary>Finds the tunnel of a tunnel token. A boundary: the tunnels capability implements it.</summary>
internal interface ITunnelTokenValidator
{
    ValueTask<AuthenticationResult> ValidateAsync(string token, CancellationToken cancellationToken);
}
