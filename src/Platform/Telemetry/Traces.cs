using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Culvert.Platform.Programs;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Culvert.Platform.Telemetry;

/// <summary>
/// Sends a program's spans to a collector (OTLP). Without one there is no listener on the program's source, and no span
/// is created. Disposal sends the waiting spans, for a few seconds at most.
/// </summary>
public sealed class Traces : IDisposable
{
    private readonly Func<TelemetryOptions, TracerProvider?> listen;
    private TelemetryOptions options;
    private TracerProvider? provider;

    private Traces(string source, TelemetryOptions options, Func<TelemetryOptions, TracerProvider?> listen)
    {
        (this.options, this.listen) = (options, listen);
        Source = new ActivitySource(source, ProductVersion.Text);
        provider = listen(options);
    }

    /// <summary>The source of spans. Check <see cref="ActivitySource.HasListeners"/> before any work for a span.</summary>
    public ActivitySource Source { get; }

    /// <summary>
    /// Headers (<c>OTEL_EXPORTER_OTLP_HEADERS</c>), the sampler (<c>OTEL_TRACES_SAMPLER</c>, <c>_ARG</c>) and names
    /// (<c>OTEL_SERVICE_NAME</c>, <c>OTEL_RESOURCE_ATTRIBUTES</c>) come from the environment.
    /// </summary>
    public static Traces Start(TelemetryOptions options, string program, string source) =>
        Start(options, program, source, SpanQueue.DefaultCapacity, SpanQueue.DefaultDelayMs);

    internal static Traces Start(TelemetryOptions options, string program, string source, int capacity, int delayMs)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new Traces(source, options, next => Listen(next, program, source, capacity, delayMs));
    }

    /// <summary>Changes the collector. Spans that wait for the old one are still sent there.</summary>
    public void Use(TelemetryOptions next)
    {
        if (next == options)
        {
            return;
        }

        var old = provider;
        (options, provider) = (next, listen(next));
        old?.Dispose();
    }

    /// <summary>Resource attributes of spans, metrics and log records, unless the environment overrides them.</summary>
    internal static ResourceBuilder CreateResource(string program) =>
        ResourceBuilder
            .CreateEmpty()
            .AddService(program, serviceVersion: ProductVersion.Text, autoGenerateServiceInstanceId: false)
            .AddEnvironmentVariableDetector();

    public void Dispose()
    {
        provider?.Dispose();
        Source.Dispose();
    }

    [SuppressMessage(
        "Reliability",
        "CA2000",
        Justification = "The provider owns the queue, and the queue the exporter."
    )]
    private static TracerProvider? Listen(
        TelemetryOptions options,
        string program,
        string source,
        int capacity,
        int delayMs
    )
    {
        if (options.Endpoint is null)
        {
            return null;
        }

        return Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(CreateResource(program))
            .AddSource(source)
            .AddProcessor(new SpanQueue(new SpanExporter(ExporterOptions.Create(options, "TRACES")), capacity, delayMs))
            .Build();
    }
}
