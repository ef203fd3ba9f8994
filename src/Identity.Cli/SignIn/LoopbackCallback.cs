using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Culvert.Identity.Cli.SignIn;

/// <summary>
/// Receives the provider's redirect: loopback on a random port (RFC 8252 §7.3). The first request to the path is the answer,
/// and there is no second one.
/// </summary>
internal sealed class LoopbackCallback : IAsyncDisposable
{
    /// <summary>Part of the redirect URI that is registered at the provider, which allows any port.</summary>
    public const string Path = "/callback";

    private const int MaxConnections = 16; // a browser may open several
    private static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(2);

    // The page contains nothing of the request and loads nothing.
    private static readonly byte[] Page = Encoding.UTF8.GetBytes(
        """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Culvert</title></head>
        <body><h1>Return to the terminal</h1><p>Close this page. The terminal shows whether you are signed in.</p></body>
        </html>

        """
    );

    private readonly TaskCompletionSource<AuthorizationAnswer> answer = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly WebApplication server;
    private string authority = "";
    private int isTaken;

    private LoopbackCallback()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.RequestHeadersTimeout = HeadersWithin;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        server = builder.Build();
        server.Run(HandleAsync);
    }

    public string RedirectUri => $"http://{authority}{Path}";

    /// <summary>Completes with the first request.</summary>
    public Task<AuthorizationAnswer> Answer => answer.Task;

    public static async Task<LoopbackCallback> StartAsync(CancellationToken cancel)
    {
        var callback = new LoopbackCallback();
        try
        {
            await callback.server.StartAsync(cancel);
        }
        catch
        {
            await callback.DisposeAsync();
            throw;
        }

        callback.authority = new Uri(callback.server.Urls.Single()).Authority;
        return callback;
    }

    public async ValueTask DisposeAsync()
    {
        // Lets the page be sent completely before the connections are closed.
        using var limit = new CancellationTokenSource(EndsWithin, TimeProvider.System);
        await server.StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await server.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        context.Response.Headers.Connection = "close";
        context.Response.Headers.CacheControl = "no-store";
        var refusal =
            // A foreign name that resolves to this machine would make its page same-origin.
            context.Request.Headers.Host != authority
                ? StatusCodes.Status400BadRequest
            : context.Request.Path.Value != Path ? StatusCodes.Status404NotFound
            : !HttpMethods.IsGet(context.Request.Method) ? StatusCodes.Status405MethodNotAllowed
            : Interlocked.Exchange(ref isTaken, 1) == 1 ? StatusCodes.Status410Gone
            : 0;
        if (refusal != 0)
        {
            context.Response.StatusCode = refusal;
            return;
        }

        try
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers["Referrer-Policy"] = "no-referrer"; // the address contains the code
            await context.Response.Body.WriteAsync(Page, context.RequestAborted);
            await context.Response.CompleteAsync();
        }
        finally
        {
            answer.TrySetResult(AuthorizationAnswer.FromQuery(context.Request.Query));
        }
    }
}
