using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Culvert.Benchmarks.Servers;

/// <summary>
/// An MCP server that returns the argument of a call, and in <c>_meta.took</c> the clock ticks between reading the call and
/// writing the result: all processes of a machine have the same clock.
/// </summary>
internal static class EchoUpstream
{
    public const string Kind = "echo";

    /// <summary>The argument of calls that wait until a request to <see cref="ReleasePath"/>.</summary>
    public const string Held = "hold";

    public const string ReleasePath = "/release";

    public const string Took = "took";

    private static volatile TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var port = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        await using var host = builder.Build();
        host.Run(context => context.Request.Path == ReleasePath ? Release() : AnswerAsync(context));
        await host.StartAsync(cancellationToken);
        await host.WaitForShutdownAsync(cancellationToken);
    }

    private static Task Release()
    {
        Interlocked
            .Exchange(ref release, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            .TrySetResult();
        return Task.CompletedTask;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var call = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        var message = call
            .RootElement.GetProperty("params")
            .GetProperty("arguments")
            .GetProperty("message")
            .GetString()!;
        if (message == Held)
        {
            await release.Task.WaitAsync(context.RequestAborted);
        }

        context.Response.ContentType = "application/json";
        using var buffer = new MemoryStream(message.Length + 256);
        await using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            json.WritePropertyName("id"u8);
            call.RootElement.GetProperty("id").WriteTo(json);
            json.WriteStartObject("result"u8);
            json.WriteStartArray("content"u8);
            json.WriteStartObject();
            json.WriteString("type"u8, "text"u8);
            json.WriteString("text"u8, message);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteStartObject("_meta"u8);
            json.WriteNumber(Took, TimeProvider.System.GetTimestamp() - began);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        context.Response.ContentLength = buffer.Length;
        await context.Response.BodyWriter.WriteAsync(buffer.ToArray(), context.RequestAborted);
    }
}
