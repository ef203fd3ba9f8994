using Culvert.Platform.Net;
using OpenTelemetry.Exporter;

namespace Culvert.Platform.Telemetry;

/// <summary>How the exporters of spans and metrics reach the collector.</summary>
internal static class ExporterOptions
{
    /// <param name="options">Has an endpoint.</param>
    /// <param name="signal">As variables of the environment name it: <c>TRACES</c>.</param>
    public static OtlpExporterOptions Create(TelemetryOptions options, string signal)
    {
        var exporter = new OtlpExporterOptions
        {
            Endpoint = options.Endpoint!,
            Protocol = options.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
        };
        exporter.HttpClientFactory = () => NewClient(TimeSpan.FromMilliseconds(exporter.TimeoutMilliseconds));
        if (Environment.GetEnvironmentVariable($"OTEL_EXPORTER_OTLP_{signal}_HEADERS") is { Length: > 0 } headers)
        {
            exporter.Headers = headers;
        }

        return exporter;
    }

    // As the exporter's own client, which heeds the proxy of the environment; but it downloads no certificates (S37).
    private static HttpClient NewClient(TimeSpan timeout)
    {
        var handler = OutboundHttp.CreateHandler();
        handler.UseProxy = true;
        return new HttpClient(handler) { Timeout = timeout };
    }
}
