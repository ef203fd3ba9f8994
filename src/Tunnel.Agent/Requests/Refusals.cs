using Culvert.Tunnel.Agent.Telemetry;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// Answers requests with a failure. No other class releases their bodies, counts them for the metrics and the status
/// page, logs them, and writes the answer.
/// </summary>
internal sealed class Refusals(AgentMetrics metrics, ILogger logger)
{
    /// <param name="exchange">The request; no byte of its answer may have been sent.</param>
    /// <param name="route">The route's name; empty if the request has none.</param>
    /// <param name="failure">The reason. A status from 500 on is logged as a warning, others as information.</param>
    /// <param name="detail">A detail for the log only.</param>
    /// <param name="challenges">The <c>WWW-Authenticate</c> header.</param>
    /// <param name="retryAfterSeconds">The <c>Retry-After</c> header; 0 = the value of the failure.</param>
    /// <param name="id">The id of the JSON-RPC request, if no policy has read it.</param>
    public Task RefuseAsync(
        Exchange exchange,
        string route,
        Failure failure,
        string detail = "",
        StringValues challenges = default,
        int retryAfterSeconds = 0,
        ReadOnlyMemory<byte> id = default
    )
    {
        exchange.ReleaseBody();
        Refund(exchange, failure);
        var requestId = Count(route, failure, detail);
        return OwnAnswer.WriteAsync(exchange, failure, requestId, challenges, retryAfterSeconds, id);
    }

    /// <summary>
    /// Counts and logs a refusal whose answer has another form. Returns the request id for that answer.
    /// </summary>
    public string Count(string route, Failure failure, string detail = "")
    {
        var requestId = RequestIds.Next();
        metrics.Refused(route, failure.Reason);
        if (failure.Status >= StatusCodes.Status500InternalServerError)
        {
            Log.RequestFailed(logger, requestId, route, failure.Reason, failure.HopName, detail);
        }
        else
        {
            Log.RequestRefused(logger, requestId, route, failure.Reason, failure.HopName, detail);
        }

        return requestId;
    }

    // Before the answer is sent, so that a client that received it can call again.
    private static void Refund(Exchange exchange, Failure failure)
    {
        if (
            exchange.Refund is { } refund
            && (UpstreamFailures.IsBeforeSending(failure) || ApprovalFailures.Includes(failure))
        )
        {
            exchange.Refund = null;
            refund();
        }
    }
}
