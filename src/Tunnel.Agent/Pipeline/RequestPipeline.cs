using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>The path of a request through a route: the stages in order, the fair queue, the upstream.</summary>
internal sealed class RequestPipeline(
    AuthorizationGate gate,
    PolicyStage policy,
    Refusals refusals,
    BodyBudget held,
    TimeProvider time,
    CallCounts? counts = null,
    Traces? traces = null
)
{
    private readonly FairQueue queue = new(time);
    private readonly ControlMessages controls = new(held, time);

    private readonly IStage[] stages =
    [
        new OriginStage(refusals),
        gate,
        new TraceStage(new MessageTrace(held, time), refusals, traces),
        policy,
    ];

    public async Task HandleAsync(Exchange exchange, ServedRoute served, string host)
    {
        foreach (var stage in stages)
        {
            if (!await stage.AdmitAsync(exchange, served))
            {
                return;
            }
        }

        var client = ClientKey.From(exchange);
        var weight = FairQueue.GetWeight(exchange.Request.Headers);
        var lane = queue.TryEnter(client, weight);
        if (lane is null)
        {
            var (isControl, failure) = await controls.LookAsync(exchange, served.Route);
            if (failure is not null)
            {
                await refusals.RefuseAsync(exchange, served.Route.Name, failure);
                return;
            }

            lane = await queue.EnterAsync(client, weight, isControl, exchange.ClientGone);
        }

        var lease = new QueueLease(queue, lane, weight);
        exchange.Response.OnStarting(QueueLease.OnAnswer, lease);
        try
        {
            await ServeAsync(exchange, served, host);
        }
        finally
        {
            lease.End();
        }
    }

    private async Task ServeAsync(Exchange exchange, ServedRoute served, string host)
    {
        var route = served.Route;
        var start = time.GetTimestamp();
        var split = FindRewriting(exchange, served, host) is { } rewrite
            ? MetadataSplit.Begin(exchange, rewrite)
            : null;
        await route.Upstream.ServeAsync(exchange, route, host);
        await PolicyStage.FinishAsync(exchange);
        if (route.Policy.Mode == PolicyMode.Off && IsEndpoint(exchange.Request, served))
        {
            counts?.Add(exchange, route.Name, time.GetElapsedTime(start));
        }

        if (split is not null && await split.FinishAsync() is { } failure)
        {
            await refusals.RefuseAsync(exchange, route.Name, failure);
        }
    }

    // Authorization servers, and servers that sign clients in, name themselves by the address that the agent calls.
    private static Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>?>? FindRewriting(
        Exchange exchange,
        ServedRoute served,
        string host
    )
    {
        if (served.Issuer is { } issuer)
        {
            return issuer.IsMetadata(exchange)
                ? document => issuer.TrySplit(document, out var split) ? split : default(ReadOnlyMemory<byte>?)
                : null;
        }

        return
            served.Route is { Access.IsPassthrough: true, Upstream: HttpUpstream upstream }
            && HttpMethods.IsGet(exchange.Request.Method)
            && RequestTarget.TryGetOriginForm(exchange.Request.RawTarget, out var target)
            && ProtectedResource.Places.Any(p => target.StartsWith(p, StringComparison.Ordinal))
            ? document => upstream.Addresses.RewriteDocument(host, document)
            : null;
    }

    // Metadata and the pages next to it are not calls.
    private static bool IsEndpoint(IHttpRequestFeature request, ServedRoute served) =>
        (
            HttpMethods.IsPost(request.Method)
            || HttpMethods.IsGet(request.Method)
            || HttpMethods.IsDelete(request.Method)
        )
        && request.Path == served.Resource.Path;
}
