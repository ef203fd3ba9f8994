using System.Diagnostics;
using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// What every tunnelled request passes, in this order: host = server name, route, origin, OAuth,
/// policy, its client's turn, upstream.
/// </summary>
internal sealed class InnerApplication(
    RouteMap routes,
    AuthorizationGate gate,
    PolicyStage policy,
    AgentMetrics metrics,
    ILogger<InnerApplication> logger,
    TimeProvider? time = null,
    BodyBudget? held = null,
    CallCounts? counts = null,
    Traces? traces = null
) : IHttpApplication<Exchange>
{
    private readonly Refusals refusals = new(metrics, logger);
    private readonly ClientTurns turns = new(time ?? TimeProvider.System);
    private readonly ControlMessages controls = new(held ?? new BodyBudget(), time ?? TimeProvider.System);
    private readonly MessageTrace messages = new(held ?? new BodyBudget(), time ?? TimeProvider.System);

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
            // The root of a request: whatever went wrong concerns this one alone, and the server must go on.
            Activity.Current = context.Span ?? span; // for the line's trace_id
            Log.ExchangeFault(logger, e);
            if (context.Response.HasStarted)
            {
                context.Abort();
            }
            else
            {
                await refusals.RefuseAsync(context, "", Failures.Internal);
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

        var (table, served) = routes.Enter(exchange.Connection.ServerName);
        try
        {
            await HandleAsync(exchange, table, served);
        }
        finally
        {
            served?.Route.Upstream.Use.Leave();
        }
    }

    // From here on table and route are those that the exchange began with, whatever is put in force meanwhile.
    private async Task HandleAsync(Exchange exchange, RouteTable table, ServedRoute? served)
    {
        var serverName = exchange.Connection.ServerName;
        var host = exchange.Request.Headers.Host.ToString();

        // None, which HTTP/1.0 allows, and an empty one are no server name either (RFC 9112 §3.2).
        if (!RequestHost.Matches(host, serverName))
        {
            await refusals.RefuseAsync(exchange, served?.Route.Name ?? "", Failures.HostMismatch);
            return;
        }

        if (served is null)
        {
            await refusals.RefuseAsync(exchange, "", Failures.RouteUnknown);
            return;
        }

        var route = served.Route;
        if (!table.IsActive)
        {
            await refusals.RefuseAsync(exchange, route.Name, Failures.TunnelInactive);
            return;
        }

        // P5. Two Origin headers are one value here and match nothing.
        var origin = exchange.Request.Headers.Origin;
        if (origin.Count > 0 && !route.AllowedOrigins.Contains(origin.ToString(), StringComparer.Ordinal))
        {
            await refusals.RefuseAsync(exchange, route.Name, Failures.OriginRefused);
            return;
        }

        if (origin.Count > 0)
        {
            if (CrossOrigin.IsPreflight(exchange))
            {
                CrossOrigin.AnswerPreflight(exchange);
                return;
            }

            CrossOrigin.AllowReading(exchange);
        }

        exchange.Span?.SetTag("culvert.route", route.Name);
        if (!await gate.AdmitAsync(exchange, served))
        {
            return;
        }

        if (exchange.Span is { } span)
        {
            var (parent, failure) = await messages.LookAsync(exchange, route);
            if (failure is not null)
            {
                await refusals.RefuseAsync(exchange, route.Name, failure);
                return;
            }

            if (parent != default)
            {
                exchange.Span = CallSpan.Continue(traces!, span, parent);
                exchange.Span?.SetTag("culvert.route", route.Name);
            }
        }

        if (await policy.AdmitAsync(exchange, served))
        {
            var client = ClientKey.Of(exchange);
            var weight = ClientTurns.WeightOf(exchange.Request.Headers);
            var lane = turns.TryEnter(client, weight);
            if (lane is null)
            {
                var (isControl, failure) = await controls.LookAsync(exchange, route);
                if (failure is not null)
                {
                    await refusals.RefuseAsync(exchange, route.Name, failure);
                    return;
                }

                lane = await turns.EnterAsync(client, weight, isControl, exchange.ClientGone);
            }

            var turn = new Turn(turns, lane, weight);
            exchange.Response.OnStarting(Turn.OnAnswer, turn);
            try
            {
                await ServeAsync(exchange, served, host.Length > 0 ? host : serverName);
            }
            finally
            {
                turn.End();
            }
        }
    }

    private async Task ServeAsync(Exchange exchange, ServedRoute served, string host)
    {
        var route = served.Route;
        var split =
            served.Issuer is { } issuer && issuer.IsMetadata(exchange) ? MetadataSplit.Begin(exchange, issuer) : null;
        await route.Upstream.ServeAsync(exchange, route, host);
        await PolicyStage.FinishAsync(exchange);
        if (route.Policy.Mode == PolicyMode.Off && IsEndpoint(exchange.Request, served))
        {
            counts?.Add(exchange, route.Name);
        }

        if (split is not null && await split.FinishAsync() is { } failure)
        {
            await refusals.RefuseAsync(exchange, route.Name, failure);
        }
    }

    // Metadata and pages beside it are no calls.
    private static bool IsEndpoint(IHttpRequestFeature request, ServedRoute served) =>
        (
            HttpMethods.IsPost(request.Method)
            || HttpMethods.IsGet(request.Method)
            || HttpMethods.IsDelete(request.Method)
        )
        && request.Path == served.Resource.Path;
}
