using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Metrics;
using Culvert.Platform.Timing;
using Microsoft.AspNetCore.Http;

namespace Culvert.Platform.Health;

/// <summary>Answers <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>, without secrets and side effects.</summary>
/// <param name="details">Writes further members of <c>/readyz</c>, which do not affect readiness; null: none.</param>
public sealed class HealthEndpoints(
    ProgramIdentity program,
    IReadOnlyList<ReadinessCheck> checks,
    MetricsText metrics,
    TimeProvider time,
    Action<Utf8JsonWriter>? details = null
)
{
    private static readonly Meter Meter = new("Culvert.Health");

    private static readonly Gauge<int> CheckHolds = Meter.CreateGauge<int>(
        "culvert_readiness_check",
        description: "1 while a check of /readyz holds, 0 while it fails, by check; evaluated when /readyz or /metrics is read."
    );

    // A check that hangs counts as failed: probes time out about a second later.
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(2);

    public Task HandleAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return Task.CompletedTask;
        }

        switch (context.Request.Path.Value)
        {
            case "/healthz":
                return WriteAsync(
                    context,
                    StatusCodes.Status200OK,
                    "application/json",
                    "{\"status\":\"ok\"}"u8.ToArray()
                );
            case "/readyz":
                return WriteReadinessAsync(context);
            case "/metrics":
                return WriteMetricsAsync(context);
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
        }
    }

    /// <summary>Evaluates every check; returns a reason for each that fails.</summary>
    public async Task<IReadOnlyList<(string Name, string? Reason, bool IsAdvisory)>> EvaluateAsync(
        CancellationToken cancellationToken
    ) =>
        await Task.WhenAll(
            checks.Select(async c =>
            {
                var result = await EvaluateAsync(c, cancellationToken);
                CheckHolds.Record(
                    result.Reason is null ? 1 : 0,
                    new KeyValuePair<string, object?>("check", result.Name)
                );
                return result;
            })
        );

    private async Task<(string Name, string? Reason, bool IsAdvisory)> EvaluateAsync(
        ReadinessCheck check,
        CancellationToken ct
    )
    {
        using var limit = new TimeLimit(CheckTimeout, time, ct);
        try
        {
            // The wait has its own time limit, since a check may ignore its token.
            var reason = await check.Evaluate(limit.Token).AsTask().WaitAsync(limit.Token);
            return (check.Name, reason, check.IsAdvisory || (reason is not null && check.IsDegraded?.Invoke() == true));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (check.Name, "The check timed out.", check.IsAdvisory);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // An exception of one check must not affect the others; its type is enough detail here.
            return (check.Name, $"The check failed: {e.GetType().Name}.", check.IsAdvisory);
        }
    }

    private async Task WriteMetricsAsync(HttpContext context)
    {
        await EvaluateAsync(context.RequestAborted); // for culvert_readiness_check
        var text = Encoding.UTF8.GetBytes(metrics.Write());
        await WriteAsync(context, StatusCodes.Status200OK, MetricsText.ContentType, text);
    }

    private async Task WriteReadinessAsync(HttpContext context)
    {
        var results = await EvaluateAsync(context.RequestAborted);
        var ready = results.All(r => r.Reason is null || r.IsAdvisory);
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("status", ready ? "ready" : "not_ready");
            program.WriteTo(json);
            json.WriteStartArray("checks");
            foreach (var (name, reason, isAdvisory) in results)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteBoolean("ready", reason is null || isAdvisory);
                json.WriteString("detail", reason ?? "");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            details?.Invoke(json);
            json.WriteEndObject();
        }

        var status = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await WriteAsync(context, status, "application/json", body.WrittenMemory);
    }

    private static async Task WriteAsync(HttpContext context, int status, string type, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}
