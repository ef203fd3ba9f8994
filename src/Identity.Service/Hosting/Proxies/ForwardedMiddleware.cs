using System.Net;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Hosting.Proxies;

/// <summary>
/// Sets the client's address of a request to the API's port that a trusted HTTP balancer sent. Headers of any other
/// sender are ignored, and so are all headers on the machines' port, where the handshake itself proves the client.
/// </summary>
internal sealed class ForwardedMiddleware(RequestDelegate next, Current<ServiceOptions> options)
{
    public Task InvokeAsync(HttpContext http)
    {
        var proxies = options.Value.ApiTrustedProxies;
        if (
            proxies.IsEmpty
            || http.Features.Get<ListenerMetadata>()?.Listener != Listener.Api
            || !proxies.Contains(http.Connection.RemoteIpAddress ?? IPAddress.None)
        )
        {
            return next(http);
        }

        var headers = http.Request.Headers;
        if (!ForwardedFor.TryFind(headers["Forwarded"], headers["X-Forwarded-For"], proxies, out var client))
        {
            return ErrorEnvelope.WriteAsync(http, RequestErrors.Forwarded.Refuse());
        }

        // A request without a header is the balancer's own, for its health check.
        if (client is not null)
        {
            (http.Connection.RemoteIpAddress, http.Connection.RemotePort) = (client, 0);
        }

        return next(http);
    }
}
