using System.Diagnostics;
using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>Receives requests from the server, finds the active route of each, and passes them to the pipeline.</summary>
internal sealed class InnerApplication(
    RouteMap routes,
    RequestPipeline pipeline,
    Refusals refusals,
    ILogger<InnerApplication> logger,
    Traces? traces = null
) : IHttpApplication<Exchange>
{
    public Exchange CreateContext(IFeatureCollection contextFeatures)
    {
        var exchange = contextFeatures is IHostContextContainer<Exchange> container
            ? container.HostContext ??= new Exchange()
            : new Exchange();
        exchange.Begin(contextFeatures);
        return exchange;
    }

    public async Task ProcessRequestAsync(Exchange context)
    {
        var span = context.Span = CallSpan.Begin(traces, context);
        try
        {
            await HandleAsync(context);
        }
        catch (OperationCanceledException) when (context.ClientGone.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (Exception e)
        {
            // The root of a request: an error here must affect only this request, and the server must continue.
            Activity.Current = context.Span ?? span; // for the line's trace_id
            Log.ExchangeFault(logger, e);
            if (context.Response.HasStarted)
            {
                context.Abort();
            }
            else
            {
                await refusals.RefuseAsync(context, "", RequestFailures.Internal);
            }
        }
        finally
        {
            if (context.Span is { } ended)
            {
                CallSpan.End(ended, context);
            }
        }
    }

    public void DisposeContext(Exchange context, Exception? exception) => context.End();

    private async Task HandleAsync(Exchange exchange)
    {
        if (exchange.Connection.ClosesAfterAnswer)
        {
            exchange.MarkLast();
        }

        var serverName = exchange.Connection.ServerName;
        var host = exchange.Request.Headers.Host.ToString();

        // From here on, table and route are those that the exchange started with, even after a reload.
        var (table, served) = routes.Enter(serverName);
        try
        {
            if (FindFailure(host, serverName, table, served) is { } failure)
            {
                await refusals.RefuseAsync(exchange, served?.Route.Name ?? "", failure);
                return;
            }

            exchange.Span?.SetTag("culvert.route", served!.Route.Name);
            await pipeline.HandleAsync(exchange, served!, host.Length > 0 ? RequestHost.Format(host) : serverName);
        }
        finally
        {
            served?.Route.Upstream.Use.Leave();
        }
    }

    // HTTP/1.0 allows a missing Host; a missing or empty Host does not match a server name (RFC 9112 §3.2).
    private static Failure? FindFailure(string host, string serverName, RouteTable table, ServedRoute? served) =>
        !RequestHost.Matches(host, serverName) ? RequestFailures.HostMismatch
        : served is null ? RequestFailures.RouteUnknown
        : !table.IsActive ? RequestFailures.TunnelInactive
        : null;
}
