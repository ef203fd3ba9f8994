using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>Refuses pages of origins that the route does not allow (P5), and answers preflights of the others.</summary>
internal sealed class OriginStage(Refusals refusals) : IStage
{
    public ValueTask<bool> AdmitAsync(Exchange exchange, ServedRoute served)
    {
        var origin = exchange.Request.Headers.Origin;
        if (origin.Count == 0)
        {
            return new(true);
        }

        // Two Origin headers are a single value here and match no origin.
        if (!served.Route.AllowedOrigins.Contains(origin.ToString(), StringComparer.Ordinal))
        {
            return RefuseAsync(exchange, served);
        }

        if (CrossOrigin.IsPreflight(exchange))
        {
            CrossOrigin.AnswerPreflight(exchange);
            return new(false);
        }

        CrossOrigin.AllowReading(exchange);
        return new(true);
    }

    private async ValueTask<bool> RefuseAsync(Exchange exchange, ServedRoute served)
    {
        await refusals.RefuseAsync(exchange, served.Route.Name, RequestFailures.OriginRefused);
        return false;
    }
}
