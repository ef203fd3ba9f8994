using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>Continues the trace that a message names, if the headers name none.</summary>
/// <param name="traces">Null if tracing is off.</param>
internal sealed class TraceStage(MessageTrace messages, Refusals refusals, Traces? traces) : IStage
{
    public ValueTask<bool> AdmitAsync(Exchange exchange, ServedRoute served) =>
        exchange.Span is null ? new(true) : ContinueAsync(exchange, served.Route);

    private async ValueTask<bool> ContinueAsync(Exchange exchange, Route route)
    {
        var (parent, failure) = await messages.LookAsync(exchange, route);
        if (failure is not null)
        {
            await refusals.RefuseAsync(exchange, route.Name, failure);
            return false;
        }

        if (parent != default)
        {
            exchange.Span = CallSpan.Continue(traces!, exchange.Span!, parent);
            exchange.Span?.SetTag("culvert.route", route.Name);
        }

        return true;
    }
}
