using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

internal sealed record StdioRequest(Exchange Exchange, Route Route, ExchangeDeadline Deadline)
{
    public IHeaderDictionary Headers => Exchange.Request.Headers;

    /// <summary>The principal whose sessions the caller may use; empty without authentication.</summary>
    public string Owner => Exchange.Principal?.Identity ?? "";

    /// <summary>The person whose programs are counted; empty without authentication.</summary>
    public string Person => Exchange.Principal?.Person ?? "";

    public bool AcceptsEvents => McpEndpoint.Accepts(Headers, "text/event-stream");

    /// <summary>Called before the client learns that its call failed, possibly more than once.</summary>
    public Action? Failing { get; init; }

    public bool IsClientGone => Exchange.ClientGone.IsCancellationRequested;
}
