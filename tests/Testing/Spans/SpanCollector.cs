using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Culvert.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Culvert.Testing.Spans;

/// <summary>A collector as OTLP over HTTP knows it, on a port of 127.0.0.1 that the system chooses.</summary>
public sealed class SpanCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<(byte[] Body, Dictionary<string, string> Headers)> requests = new();
    private readonly WebApplication app;

    private SpanCollector(WebApplication app) => this.app = app;

    /// <summary>As <c>OTEL_EXPORTER_OTLP_TRACES_ENDPOINT</c> would have it.</summary>
    public Uri Endpoint => new(app.Urls.Single() + "/v1/traces");

    /// <summary>While it is not set, requests are not answered.</summary>
    public TaskCompletionSource Answers { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What it answers.</summary>
    public int Status { get; set; } = 200;

    /// <summary>All that came, as text of single bytes: for what must not be in it.</summary>
    public string Raw => string.Concat(requests.Select(request => Encoding.Latin1.GetString(request.Body)));

    public IEnumerable<IReadOnlyDictionary<string, string>> Headers => requests.Select(request => request.Headers);

    public IReadOnlyList<CollectedSpan> Spans => [.. requests.SelectMany(request => Read(request.Body))];

    public static async Task<SpanCollector> StartAsync(bool answers = true)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://{IPAddress.Loopback}:0");
        var collector = new SpanCollector(builder.Build());
        collector.app.Run(collector.TakeAsync);
        if (answers)
        {
            collector.Answers.SetResult();
        }

        await collector.app.StartAsync();
        return collector;
    }

    /// <summary>Waits for a span.</summary>
    public async Task<CollectedSpan> SpanAsync(Func<CollectedSpan, bool> isMeant, CancellationToken cancellationToken)
    {
        await Eventually.UntilAsync(() => Spans.Any(isMeant), cancellationToken);
        return Spans.First(isMeant);
    }

    public ValueTask DisposeAsync()
    {
        Answers.TrySetResult();
        return app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        requests.Enqueue(
            (
                body.ToArray(),
                http.Request.Headers.ToDictionary(
                    header => header.Key,
                    header => header.Value.ToString(),
                    StringComparer.OrdinalIgnoreCase
                )
            )
        );
        await Answers.Task.WaitAsync(http.RequestAborted);
        http.Response.StatusCode = Status;
    }

    // ExportTraceServiceRequest → ResourceSpans (1) → ScopeSpans (2) → Span (2).
    private static IEnumerable<CollectedSpan> Read(byte[] body) =>
        from resource in ProtobufField.Of(body)
        where resource.Number == 1
        from scope in ProtobufField.Of(resource.Bytes)
        where scope.Number == 2
        from span in ProtobufField.Of(scope.Bytes)
        where span.Number == 2
        select SpanOf(ProtobufField.Of(span.Bytes));

    private static CollectedSpan SpanOf(List<ProtobufField> fields)
    {
        return new CollectedSpan(Hex(1), Hex(2), Hex(4), Text(5), Text(3), Attributes());

        ReadOnlySpan<byte> Bytes(int number) => fields.Find(field => field.Number == number).Bytes.Span;
        string Hex(int number) => Convert.ToHexStringLower(Bytes(number));
        string Text(int number) => Encoding.UTF8.GetString(Bytes(number));
        Dictionary<string, string> Attributes() =>
            fields
                .Where(field => field.Number == 9)
                .Select(field => ProtobufField.Of(field.Bytes))
                .ToDictionary(
                    pair => Encoding.UTF8.GetString(pair[0].Bytes.Span),
                    pair => ValueOf(ProtobufField.Of(pair[1].Bytes)[0]),
                    StringComparer.Ordinal
                );
    }

    private static string ValueOf(ProtobufField value) =>
        value.Number == 1
            ? Encoding.UTF8.GetString(value.Bytes.Span)
            : value.Value.ToString(CultureInfo.InvariantCulture);
}
