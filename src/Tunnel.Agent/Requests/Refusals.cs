using Culvert.Tunnel.Agent.Telemetry;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// Answers requests with a failure: the one place that releases their bodies, counts them for the metrics and the status
/// page, logs them, and writes the answer.
/// </summary>
internal sealed class Refusals(AgentMetrics metrics, ILogger logger)
{
    /// <param name="exchange">The request; nothing of its answer may have been sent.</param>
    /// <param name="route">The route's name; empty where the request has none.</param>
    /// <param name="failure">Decides the log event: what the caller can change is an information, all else a warning.</param>
    /// <param name="detail">For the log alone.</param>
    /// <param name="challenges">The <c>WWW-Authenticate</c> header.</param>
    /// <param name="retryAfterSeconds">The <c>Retry-After</c> header; 0 = the failure's own.</param>
    /// <param name="id">Of the JSON-RPC request, where no policy has read it.</param>
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
        exchange.Call?.Refuse(failure);
        var requestId = Count(route, failure, detail);
        return OwnAnswer.WriteAsync(exchange, failure, requestId, challenges, retryAfterSeconds, id);
    }

    /// <summary>Counts and logs a refusal whose answer has another form. Returns the request's id for it.</summary>
    /// <param name="route">The route's name; empty where the request has none.</param>
    /// <param name="failure">The reason.</param>
    /// <param name="detail">For the log alone.</param>
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
}
