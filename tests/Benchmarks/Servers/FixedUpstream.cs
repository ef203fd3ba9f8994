using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Culvert.Benchmarks.Servers;

/// <summary>
/// An MCP server's place: reads the call and answers a small fixed result at once, so that forwarding is all that is
/// measured. It offers one tool, for an agent that reads what it pins.
/// </summary>
internal static class FixedUpstream
{
    /// <summary>As many bytes as the query says.</summary>
    public const string BulkPath = "/bulk";

    /// <summary>One event at once, then silence until the client leaves.</summary>
    public const string EventsPath = "/events";

    /// <summary>Answers 40 records in 4 kB, of which ten are those of one customer.</summary>
    public const string RecordsTool = "records";

    /// <summary>Answers a million records, of which a hundred are those of one customer.</summary>
    public const string MillionTool = "million";

    /// <summary>Answers 100 records, under the id of the call.</summary>
    public const string HundredTool = "hundred";

    private const string RecordsStart = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"structuredContent\":{\"orders\":[";
    private const string RecordsEnd = "]},\"content\":[]}}";
    private static readonly byte[] FewRecords = Records(40, 10);

    private static readonly (byte[] Start, byte[] End) HundredRecords = SplitAtId(Records(100, 10));

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
                _ => WriteAnswerAsync(context, cancellationToken),
            }
        );
        await host.StartAsync(cancellationToken);
        await host.WaitForShutdownAsync(cancellationToken);
    }

    private static async Task WriteAnswerAsync(HttpContext context, CancellationToken cancellationToken)
    {
        // A call fits into what is read first.
        var read = await context.Request.BodyReader.ReadAsync(cancellationToken);
        var isCall = read.Buffer.FirstSpan.IndexOf("\"tools/call\""u8) >= 0;
        var hasRecords = isCall && read.Buffer.FirstSpan.IndexOf("\"records\""u8) >= 0;
        var isLong = isCall && read.Buffer.FirstSpan.IndexOf("\"million\""u8) >= 0;
        var isJoined = isCall && read.Buffer.FirstSpan.IndexOf("\"hundred\""u8) >= 0;
        context.Request.BodyReader.AdvanceTo(read.Buffer.Start);
        await (
            isJoined ? WriteHundredAsync(context, cancellationToken)
            : isLong ? WriteMillionAsync(context, cancellationToken)
            : isCall ? FixedAnswer.WriteAsync(context, hasRecords ? FewRecords : Answer, cancellationToken)
            : WriteDefinitionsAsync(context, cancellationToken)
        );
    }

    /// <summary>An answer of so many records, of which so many belong to one customer.</summary>
    public static byte[] Records(int count, int own) =>
        Encoding.UTF8.GetBytes(
            RecordsStart + string.Join(',', Enumerable.Range(0, count).Select(i => Record(i, count / own))) + RecordsEnd
        );

    private static (byte[] Start, byte[] End) SplitAtId(byte[] answer)
    {
        var id = answer.AsSpan().IndexOf("\"id\":1,"u8) + "\"id\":".Length;
        return (answer[..id], answer[(id + 1)..]);
    }

    private static string Record(int number, int every) =>
        $$"""{"id":{{number}},"customer_id":"c-{{(number % every == 0 ? 7 : 1_000 + (number % 100))}}","status":"open","total":12.5}""";

    private static async Task WriteHundredAsync(HttpContext context, CancellationToken cancellationToken)
    {
        using var request = await JsonDocument.ParseAsync(context.Request.Body, default, cancellationToken);
        var id = Encoding.ASCII.GetBytes(request.RootElement.GetProperty("id").GetRawText());
        var (start, end) = HundredRecords;
        await FixedAnswer.WriteAsync(context, [.. start, .. id, .. end], cancellationToken);
    }

    private static async Task WriteMillionAsync(HttpContext context, CancellationToken cancellationToken)
    {
        const int PerWrite = 1000;
        await context.Request.BodyReader.ReadAtLeastAsync(1, cancellationToken);
        context.Response.ContentType = "application/json";
        var body = context.Response.BodyWriter;
        await body.WriteAsync(Encoding.UTF8.GetBytes(RecordsStart), cancellationToken);
        for (var i = 0; i < 1_000_000; i += PerWrite)
        {
            var records = string.Join(',', Enumerable.Range(i, PerWrite).Select(n => Record(n, 10_000).PadRight(100)));
            await body.WriteAsync(Encoding.UTF8.GetBytes(i == 0 ? records : "," + records), cancellationToken);
        }

        await body.WriteAsync(Encoding.UTF8.GetBytes(RecordsEnd), cancellationToken);
    }

    // As an agent asks: the handshake, its notification, and each kind's list.
    private static async Task WriteDefinitionsAsync(HttpContext context, CancellationToken cancellationToken)
    {
        using var request = await JsonDocument.ParseAsync(context.Request.Body, default, cancellationToken);
        if (!request.RootElement.TryGetProperty("id", out var id))
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        var result = request.RootElement.GetProperty("method").GetString() switch
        {
            "initialize" => """
                "result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"fixed","version":"1"}}
                """,
            "tools/list" => """
                "result":{"tools":[{"name":"echo","description":"Echoes","inputSchema":{"type":"object","properties":{"message":{"type":"string"}},"required":["message"]}}]}
                """,
            _ => """
                "error":{"code":-32601,"message":"Method not found"}
                """,
        };
        var answer = Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":{{id.GetRawText()}},{{result}}}""");
        await FixedAnswer.WriteAsync(context, answer, cancellationToken);
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
