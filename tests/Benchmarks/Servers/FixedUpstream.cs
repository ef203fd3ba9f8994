using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Culvert.Benchmarks.Servers;

/// <summary>An MCP server's place: reads the call and answers a small fixed result at once, so that forwarding is all that is measured.</summary>
internal static class FixedUpstream
{
    /// <summary>As many bytes as the query says.</summary>
    public const string BulkPath = "/bulk";

    /// <summary>One event at once, then silence until the client leaves.</summary>
    public const string EventsPath = "/events";

    private static readonly byte[] Answer =
        """{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"Echo: hello"}]}}"""u8.ToArray();

    public static async Task RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var port = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        await using var host = builder.Build();
        host.Run(context =>
            context.Request.Path.Value switch
            {
                BulkPath => WriteBulkAsync(context, cancellationToken),
                EventsPath => WriteEventsAsync(context, cancellationToken),
                _ => FixedAnswer.WriteAsync(context, Answer, cancellationToken),
            }
        );
        await host.StartAsync(cancellationToken);
        await host.WaitForShutdownAsync(cancellationToken);
    }

    private static async Task WriteBulkAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var left = long.Parse(context.Request.QueryString.Value![1..], CultureInfo.InvariantCulture);
        context.Response.ContentLength = left;
        var block = new byte[64 * 1024];
        while (left > 0)
        {
            var size = (int)Math.Min(left, block.Length);
            await context.Response.BodyWriter.WriteAsync(block.AsMemory(0, size), cancellationToken);
            left -= size;
        }
    }

    private static async Task WriteEventsAsync(HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.BodyWriter.WriteAsync("data: first\n\n"u8.ToArray(), cancellationToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted)
            .ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}
