using Culvert.Tunnel.Agent.Requests;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>Tells when an exchange is over for the agent too: its client has the answer a moment earlier.</summary>
internal sealed class WatchedApplication(IHttpApplication<Exchange> inner) : IHttpApplication<Exchange>
{
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the first exchange has unwound.</summary>
    public Task Ended => ended.Task;

    public Exchange CreateContext(IFeatureCollection contextFeatures) => inner.CreateContext(contextFeatures);

    public Task ProcessRequestAsync(Exchange context) => inner.ProcessRequestAsync(context);

    public void DisposeContext(Exchange context, Exception? exception)
    {
        inner.DisposeContext(context, exception);
        ended.TrySetResult();
    }
}
