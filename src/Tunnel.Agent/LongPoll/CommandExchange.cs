using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>
/// An HTTP exchange of a command with its route, through the same application as those of the tunnel's own edges. The
/// route's upstream stays open until the exchange is disposed.
/// </summary>
internal sealed class CommandExchange : IAsyncDisposable
{
    private const int Features = 8;

    private readonly IHttpApplication<Exchange> application;
    private readonly CommandRequest request;
    private readonly CancellationTokenSource aborted;
    private readonly Exchange exchange;
    private readonly Task running;

    private CommandExchange(
        IHttpApplication<Exchange> application,
        CommandRequest request,
        CommandConnection connection,
        CancellationTokenSource aborted
    )
    {
        (this.application, this.request, this.aborted) = (application, request, aborted);
        var features = new FeatureCollection(Features);
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpRequestBodyDetectionFeature>(request);
        features.Set<IRequestBodyPipeFeature>(request);
        features.Set<IHttpRequestLifetimeFeature>(request);
        features.Set<IHttpResponseFeature>(Response);
        features.Set<IHttpResponseBodyFeature>(Response);
        features.Set<ITunnelConnection>(connection);
        features.Set<IHttpConnectionFeature>(connection);
        exchange = application.CreateContext(features);
        running = RunAsync();
    }

    public CommandResponse Response { get; } = new();

    /// <summary>Why the agent itself answered; empty for an answer of the upstream.</summary>
    public string OwnReason => Response.Headers[HeaderRules.Reason].ToString();

    public string OwnRequestId => Response.Headers[HeaderRules.RequestId].ToString();

    /// <param name="aborted">Cancels the request, on either side; the exchange disposes of it.</param>
    public static CommandExchange Start(
        IHttpApplication<Exchange> application,
        CommandRequest request,
        CommandConnection connection,
        CancellationTokenSource aborted
    ) => new(application, request, connection, aborted);

    /// <summary>Refuses a server's request to the client, because the provider's protocol cannot carry it.</summary>
    public void RefuseServerRequest(Route route, ReadOnlyMemory<byte> id)
    {
        if (!running.IsCompleted)
        {
            route.Upstream.RefuseServerRequest(exchange, route, id);
        }
    }

    /// <summary>Ends the exchange, even if its response was not read completely.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!running.IsCompleted)
        {
            await aborted.CancelAsync();
        }

        await Response.Reader.CompleteAsync();
        await running;
        application.DisposeContext(exchange, null);
        aborted.Dispose();
    }

    // Until its first await the application runs on the command's thread, which has nothing else to do.
    private async Task RunAsync()
    {
        var isWhole = false;
        try
        {
            await application.ProcessRequestAsync(exchange);
            isWhole = !request.IsAborted;
        }
        finally
        {
            await Response.EndAsync(isWhole);
        }
    }
}
