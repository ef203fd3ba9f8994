using Microsoft.AspNetCore.Connections.Features;

namespace Culvert.Identity.Service.Hosting;

/// <summary>
/// While the node drains, each answer closes its connection, for HTTP/1.1 by its header and for HTTP/2 by GOAWAY: when
/// the stop closes the remaining connections, no request is on its way.
/// </summary>
internal sealed class DrainMiddleware(RequestDelegate next, ServiceDrain drain)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (drain.IsDraining)
        {
            http.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
            if (HttpProtocol.IsHttp11(http.Request.Protocol))
            {
                http.Response.Headers.Connection = "close";
            }
        }

        return next(http);
    }
}
