using System.Diagnostics;
using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Upstreams;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// The path of a request through a route: the stages in order, the fair queue, the upstream, and the stages in reverse
/// order. It is also where a request's errors end: they must affect no other request.
/// </summary>
/// <remarks>
/// Five limits follow each other, each for another reason:
/// 1. <c>InnerServer</c> limits the open connections of the agent (<c>tunnel.max_connections</c>). It refuses the stream of a
/// further one, so that the edge may use another agent.
/// 2. <see cref="CallLimits"/> limits rate and concurrency per rule, person and name: policy.rate_exceeded and
/// policy.concurrency_exceeded.
/// 3. <see cref="FairQueue"/> lets the calls of one client wait while other clients call. It refuses none.
/// 4. <see cref="ConcurrencyLimit"/> limits the calls of a route, with a share for each client: upstream.busy.
/// 5. The HTTP client opens at most that many connections (<c>upstream.max_connections</c>), also for the agent's own
/// requests to the server, and makes those wait that find none.
/// </remarks>
internal sealed class RequestPipeline(
    AuthorizationGate gate,
    PolicyStage policy,
    Refusals refusals,
    TimeProvider time,
    ILogger logger,
    CallCounts? counts = null,
    Traces? traces = null
)
{
    private readonly FairQueue queue = new(time);

    private readonly IStage[] stages = [new OriginStage(refusals), gate, new TraceStage(refusals, traces), policy];

    /// <param name="served">The route of the connection's server name; null if the table has none.</param>
    public async Task HandleAsync(Exchange exchange, RouteTable table, ServedRoute? served)
    {
        var span = exchange.Span;
        var entered = 0;
        try
        {
            if (exchange.Connection.ClosesAfterAnswer)
            {
                exchange.MarkLast();
            }

            var serverName = exchange.Connection.ServerName;
            var host = exchange.Request.Headers.Host.ToString();
            if (FindFailure(host, serverName, table, served) is { } failure)
            {
                await refusals.RefuseAsync(exchange, served?.Route.Name ?? "", failure);
                return;
            }

            span?.SetTag("culvert.route", served!.Route.Name);
            var isAdmitted = true;
            while (isAdmitted && entered < stages.Length)
            {
                isAdmitted = await stages[entered++].AdmitAsync(exchange, served!);
            }

            if (!isAdmitted)
            {
                await CompleteAsync(exchange, served!, entered, StageOutcome.Refused);
                return;
            }

            await ServeAsync(exchange, served!, host.Length > 0 ? RequestHost.Format(host) : serverName);
        }
        catch (Exception e)
        {
            await AnswerErrorAsync(exchange, served, entered, e);
        }
    }

    /// <summary>
    /// Serves the call of a member. It does not wait in the queue, because the call of the composed tool already has a place
    /// in it and waits for this one.
    /// </summary>
    public async Task ServeMemberAsync(Exchange exchange, ServedRoute served)
    {
        var entered = 0;
        try
        {
            var isAdmitted = true;
            while (isAdmitted && entered < stages.Length)
            {
                isAdmitted = await stages[entered++].AdmitAsync(exchange, served);
            }

            if (isAdmitted)
            {
                await ServeByUpstreamAsync(exchange, served, exchange.Request.Headers.Host.ToString());
            }
            else
            {
                await CompleteAsync(exchange, served, entered, StageOutcome.Refused);
            }
        }
        catch (Exception e)
        {
            await AnswerErrorAsync(exchange, served, entered, e);
        }
    }

    // HTTP/1.0 allows a missing Host; a missing or empty Host does not match a server name (RFC 9112 §3.2).
    private static Failure? FindFailure(string host, string serverName, RouteTable table, ServedRoute? served) =>
        !RequestHost.Matches(host, serverName) ? RequestFailures.HostMismatch
        : served is null ? RequestFailures.RouteUnknown
        : !table.IsActive ? RequestFailures.TunnelInactive
        : null;

    private async ValueTask CompleteAsync(Exchange exchange, ServedRoute served, int entered, StageOutcome outcome)
    {
        while (entered > 0)
        {
            await stages[--entered].CompleteAsync(exchange, served, outcome);
        }
    }

    private async Task AnswerErrorAsync(Exchange exchange, ServedRoute? served, int entered, Exception error)
    {
        try
        {
            await AnswerErrorAsync(exchange, error);
        }
        finally
        {
            if (served is not null)
            {
                await CompleteAsync(exchange, served, entered, StageOutcome.Interrupted);
            }
        }
    }

    private async Task AnswerErrorAsync(Exchange exchange, Exception error)
    {
        if (error is OperationCanceledException && exchange.ClientGone.IsCancellationRequested)
        {
            exchange.Abort();
            return;
        }

        Activity.Current = exchange.Span ?? Activity.Current; // for the line's trace_id
        Log.ExchangeFault(logger, error);
        if (exchange.Response.HasStarted)
        {
            exchange.Abort();
        }
        else
        {
            await refusals.RefuseAsync(exchange, "", RequestFailures.Internal);
        }
    }

    private async Task ServeAsync(Exchange exchange, ServedRoute served, string host)
    {
        var client = ClientKey.From(exchange);
        var weight = FairQueue.GetWeight(exchange.Request.Headers);
        var lane = queue.TryEnter(client, weight);
        if (lane is null)
        {
            var (isControl, failure) = await ControlMessages.ReadAsync(exchange, served.Route);
            if (failure is not null)
            {
                await refusals.RefuseAsync(exchange, served.Route.Name, failure);
                await CompleteAsync(exchange, served, stages.Length, StageOutcome.Refused);
                return;
            }

            lane = await queue.EnterAsync(client, weight, isControl, exchange.ClientGone);
        }

        var lease = new QueueLease(queue, lane, weight);
        exchange.Response.OnStarting(QueueLease.OnAnswer, lease);
        try
        {
            await ServeByUpstreamAsync(exchange, served, host);
        }
        finally
        {
            lease.End();
        }
    }

    private async Task ServeByUpstreamAsync(Exchange exchange, ServedRoute served, string host)
    {
        var route = served.Route;
        var start = time.GetTimestamp();
        var split = FindRewriting(exchange, served, host) is { } rewrite
            ? MetadataSplit.Begin(exchange, rewrite)
            : null;
        await route.Upstream.ServeAsync(exchange, route, host);
        await CompleteAsync(exchange, served, stages.Length, StageOutcome.Served);
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
            && exchange.Target is { } target
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
