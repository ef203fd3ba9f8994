using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Requests.InProcess;

/// <summary>
/// An HTTP exchange that the agent begins itself, through the same application as those of the tunnel's own edges. Its
/// user has entered the route's upstream until the exchange is disposed.
/// </summary>
internal sealed class InProcessExchange : IAsyncDisposable
{
    private const int Features = 8;

    private readonly IHttpApplication<Exchange> application;
    private readonly InProcessRequest request;
    private readonly CancellationTokenSource aborted;
    private readonly Task running;

    private InProcessExchange(
        IHttpApplication<Exchange> application,
        InProcessRequest request,
        InProcessConnection connection,
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
        Exchange = application.CreateContext(features);
        running = RunAsync();
    }

    public Exchange Exchange { get; }

    public InProcessResponse Response { get; } = new();

    /// <summary>Whether the application still serves the request.</summary>
    public bool IsRunning => !running.IsCompleted;

    /// <summary>Why the agent itself answered; empty for an answer of the upstream.</summary>
    public string OwnReason => Response.Headers[HeaderRules.Reason].ToString();

    public string OwnRequestId => Response.Headers[HeaderRules.RequestId].ToString();

    /// <param name="aborted">Cancels the request, on either side; the exchange disposes of it.</param>
    public static InProcessExchange Start(
        IHttpApplication<Exchange> application,
        InProcessRequest request,
        InProcessConnection connection,
        CancellationTokenSource aborted
    ) => new(application, request, connection, aborted);

    /// <summary>Ends the exchange, even if its response was not read completely.</summary>
    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            await aborted.CancelAsync();
        }

        await Response.Reader.CompleteAsync();
        await running;
        application.DisposeContext(Exchange, null);
        aborted.Dispose();
    }

    // Until its first await the application runs on the thread of its user, who waits for the answer.
    private async Task RunAsync()
    {
        var isWhole = false;
        try
        {
            await application.ProcessRequestAsync(Exchange);
            isWhole = !request.IsAborted;
        }
        finally
        {
            await Response.EndAsync(isWhole);
        }
    }
}
