using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Requests.InProcess;

/// <summary>Replaces a client's inner TLS connection for an exchange that the agent begins itself.</summary>
internal abstract class InProcessConnection : ITunnelConnection, IHttpConnectionFeature
{
    public abstract string ServerName { get; }

    public abstract IPEndPoint Client { get; }

    public abstract string Workload { get; }

    public virtual string Channel => "";

    public abstract string ConnectionId { get; set; }

    public bool ClosesAfterAnswer => false;

    public IPAddress? LocalIpAddress { get; set; }

    public int LocalPort { get; set; }

    public IPAddress? RemoteIpAddress { get; set; }

    public int RemotePort { get; set; }

    public void DeliverBeforeAbort()
    {
        // Written bytes stay readable after an abort.
    }

    public void RequestClose()
    {
        // The connection ends with its only answer.
    }

    public abstract string Forwarded(string host);
}
