using Culvert.Platform.Net;
using OpenTelemetry.Exporter;

namespace Culvert.Platform.Telemetry;

/// <summary>Settings of the span and metric exporters for the collector.</summary>
internal static class ExporterOptions
{
    /// <param name="signal">The signal's name in environment variables: <c>TRACES</c>.</param>
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

    // Like the exporter's own client, which uses the proxy of the environment, but without certificate downloads (S37).
    private static HttpClient NewClient(TimeSpan timeout)
    {
        var handler = OutboundHttp.CreateHandler();
        handler.UseProxy = true;
        return new HttpClient(handler) { Timeout = timeout };
    }
}
