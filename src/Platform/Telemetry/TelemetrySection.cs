using Culvert.Platform.Configuration;

namespace Culvert.Platform.Telemetry;

/// <summary>Reads the <c>telemetry</c> section, which the three programs share.</summary>
public static class TelemetrySection
{
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private const string AnyEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string TracesPath = "v1/traces";

    /// <param name="root">The file.</param>
    /// <param name="environment">Looks a variable up; the process's when null.</param>
    public static TelemetryOptions Read(ConfigSection root, Func<string, string?>? environment = null)
    {
        var section = root.Section("telemetry");
        if (section.Choice("otlp", "environment", "environment", "off") == "off")
        {
            return new TelemetryOptions();
        }

        environment ??= Environment.GetEnvironmentVariable;
        var protocol = Either(environment, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL");
        if (protocol is not (null or "http/protobuf" or "grpc"))
        {
            section.Error(
                "otlp",
                "OTEL_EXPORTER_OTLP_PROTOCOL is neither http/protobuf nor grpc.",
                "Set it to one of them, unset it, or write `otlp: off`."
            );
        }

        var isGrpc = protocol == "grpc";
        return new TelemetryOptions { Endpoint = EndpointOf(section, environment, isGrpc), IsGrpc = isGrpc };
    }

    // The one for traces is the whole address, the one for all signals a base (OpenTelemetry, OTLP exporter, endpoint URLs).
    private static Uri? EndpointOf(ConfigSection section, Func<string, string?> environment, bool isGrpc)
    {
        var (name, isBase) = Known(environment(TracesEndpoint)) is null ? (AnyEndpoint, true) : (TracesEndpoint, false);
        if (Known(environment(name)) is not { } text)
        {
            return null;
        }

        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            || url.UserInfo.Length > 0
        )
        {
            section.Error(
                "otlp",
                $"{name} is no http or https URL without a user.",
                $"Correct or unset it, or write `otlp: off`; credentials belong into OTEL_EXPORTER_OTLP_HEADERS."
            );
            return null;
        }

        return isBase && !isGrpc ? new Uri($"{text.TrimEnd('/')}/{TracesPath}") : url;
    }

    private static string? Either(Func<string, string?> environment, string first, string second) =>
        Known(environment(first)) ?? Known(environment(second));

    // An empty variable counts as unset (OpenTelemetry, environment variables).
    private static string? Known(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
