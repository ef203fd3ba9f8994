using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>One request to a program's endpoint.</summary>
/// <param name="Exchange">The request and its answer.</param>
/// <param name="Route">The route that it came through.</param>
/// <param name="Deadline">Of the exchange.</param>
internal sealed record StdioRequest(Exchange Exchange, Route Route, ExchangeDeadline Deadline)
{
    public IHeaderDictionary Headers => Exchange.Request.Headers;

    /// <summary>Whose sessions the caller may use; empty on routes that do not authenticate callers.</summary>
    public string Owner => Exchange.Principal?.Identity ?? "";

    /// <summary>Whom the bound of programs counts; empty on routes that do not authenticate callers.</summary>
    public string Person => Exchange.Principal?.Person ?? "";

    public bool AcceptsEvents => McpEndpoint.Accepts(Headers, "text/event-stream");

    /// <summary>Called before the client learns that its call failed, perhaps more than once.</summary>
    public Action? Failing { get; init; }

    public bool IsClientGone => Exchange.ClientGone.IsCancellationRequested;
}
