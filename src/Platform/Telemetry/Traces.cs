using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Culvert.Platform.Programs;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Culvert.Platform.Telemetry;

/// <summary>
/// Sends a program's spans to a collector (OTLP) for as long as it lives. Without a collector nobody listens to the
/// program's source, and no span is made. Disposing of it sends what still waits, for a few seconds at most.
/// </summary>
public sealed class Traces : IDisposable
{
    private readonly TracerProvider? provider;

    private Traces(string source, Func<TracerProvider?> listen)
    {
        Source = new ActivitySource(source, ProductVersion.Text);
        provider = listen();
    }

    /// <summary>Where the program's spans begin. Ask <see cref="ActivitySource.HasListeners"/> before any work for one.</summary>
    public ActivitySource Source { get; }

    /// <summary>
    /// Begins. Headers for the collector (<c>OTEL_EXPORTER_OTLP_HEADERS</c>), the sampler (<c>OTEL_TRACES_SAMPLER</c>,
    /// <c>_ARG</c>) and names (<c>OTEL_SERVICE_NAME</c>, <c>OTEL_RESOURCE_ATTRIBUTES</c>) are those of the environment.
    /// </summary>
    /// <param name="options">The section.</param>
    /// <param name="program">The service's name where the environment has none.</param>
    /// <param name="source">The name of its source of spans.</param>
    public static Traces Start(TelemetryOptions options, string program, string source) =>
        Start(options, program, source, SpanQueue.DefaultCapacity, SpanQueue.DefaultDelayMs);

    [SuppressMessage(
        "Reliability",
        "CA2000",
        Justification = "The provider owns the queue, the queue the exporter, and it the one that sends."
    )]
    internal static Traces Start(TelemetryOptions options, string program, string source, int capacity, int delayMs)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Endpoint is null)
        {
            return new Traces(source, () => null);
        }

        var resource = ResourceBuilder
            .CreateEmpty()
            .AddService(program, serviceVersion: ProductVersion.Text, autoGenerateServiceInstanceId: false)
            .AddEnvironmentVariableDetector();
        var sender = new OtlpTraceExporter(ExporterOptionsOf(options));
        return new Traces(
            source,
            () =>
                Sdk.CreateTracerProviderBuilder()
                    .SetResourceBuilder(resource)
                    .AddSource(source)
                    .AddProcessor(new SpanQueue(new SpanExporter(sender), capacity, delayMs))
                    .Build()
        );
    }

    public void Dispose()
    {
        provider?.Dispose();
        Source.Dispose();
    }

    private static OtlpExporterOptions ExporterOptionsOf(TelemetryOptions options)
    {
        var exporter = new OtlpExporterOptions
        {
            Endpoint = options.Endpoint!,
            Protocol = options.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
        };
        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_TRACES_HEADERS") is { Length: > 0 } headers)
        {
            exporter.Headers = headers;
        }

        return exporter;
    }
}
