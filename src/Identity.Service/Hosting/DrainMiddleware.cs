using Microsoft.AspNetCore.Connections.Features;

namespace Culvert.Identity.Service.Hosting;

/// <summary>
/// While the node drains, each answer ends its connection, HTTP/1.1's by its header and HTTP/2's by GOAWAY: no request is
/// on its way on one that the stop then closes.
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
