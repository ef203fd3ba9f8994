using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>Receives requests from the server, finds the active route of each, and passes them to the pipeline.</summary>
/// <param name="bodies">The reader of all bodies that are held, whichever application gets the request.</param>
internal sealed class InnerApplication(
    RouteMap routes,
    RequestPipeline pipeline,
    BodyReader bodies,
    Traces? traces = null
) : IHttpApplication<Exchange>
{
    public Exchange CreateContext(IFeatureCollection contextFeatures)
    {
        var exchange = contextFeatures is IHostContextContainer<Exchange> container
            ? container.HostContext ??= new Exchange(bodies)
            : new Exchange(bodies);
        exchange.Begin(contextFeatures);
        return exchange;
    }

    public async Task ProcessRequestAsync(Exchange context)
    {
        context.Span = CallSpan.Begin(traces, context);

        // From here on, table and route are those that the exchange started with, even after a reload.
        var (table, served) = routes.Enter(context.Connection.ServerName);
        try
        {
            await pipeline.HandleAsync(context, table, served);
        }
        finally
        {
            served?.Route.Release();
            if (context.Span is { } ended)
            {
                CallSpan.End(ended, context);
            }
        }
    }

    public void DisposeContext(Exchange context, Exception? exception) => context.End();
}
