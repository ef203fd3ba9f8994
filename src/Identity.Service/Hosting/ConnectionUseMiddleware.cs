namespace Culvert.Identity.Service.Hosting;

/// <summary>Informs the port's <see cref="ConnectionLimiter"/> which connections serve requests.</summary>
internal sealed class ConnectionUseMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var slot = http.Features.Get<ConnectionSlot>();
        slot?.BeginRequest();
        try
        {
            await next(http);
        }
        finally
        {
            slot?.EndRequest();
        }
    }
}
