using Culvert.Platform.Configuration;

namespace Culvert.Platform.Telemetry;

public static class TelemetrySection
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";
    private const string Grpc = "grpc";
    private const string MetricsExporter = "OTEL_METRICS_EXPORTER";

    // Prometheus metrics are at /metrics in any case.
    private static readonly string[] Exporters = ["otlp", "prometheus", "none"];

    public static TelemetryOptions Read(ConfigSection root, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        var section = root.Section("telemetry");
        if (!ReadIsOn(section))
        {
            return new TelemetryOptions();
        }

        var options = ReadSignal(section, "TRACES", "v1/traces", ["http/protobuf", Grpc], environment);
        if (!ReadMetricsExporter(section, environment))
        {
            return options;
        }

        var metrics = ReadSignal(section, "METRICS", "v1/metrics", ["http/protobuf", Grpc], environment);
        return metrics.Endpoint is null ? options : options with { Metrics = metrics };
    }

    internal static TelemetryOptions Read(
        ConfigSection root,
        string signal,
        string path,
        ReadOnlySpan<string> protocols,
        Func<string, string?> environment
    )
    {
        var section = root.Section("telemetry");
        return ReadIsOn(section) ? ReadSignal(section, signal, path, protocols, environment) : new TelemetryOptions();
    }

    /// <summary>
    /// A variable of one signal, else of all; an empty one is unset (OpenTelemetry, environment variables).
    /// </summary>
    internal static string? Value(Func<string, string?> environment, string signal, string setting) =>
        Known(environment(FindVariable(environment, signal, setting)));

    // Read once for all signals, so that an invalid value is one error.
    private static bool ReadIsOn(ConfigSection section) =>
        section.Choice("otlp", "environment", "environment", "off") != "off";

    private static TelemetryOptions ReadSignal(
        ConfigSection section,
        string signal,
        string path,
        ReadOnlySpan<string> protocols,
        Func<string, string?> environment
    )
    {
        var protocol = Value(environment, signal, "PROTOCOL");
        if (protocol is not null && !protocols.Contains(protocol))
        {
            section.Error(
                "otlp",
                $"{FindVariable(environment, signal, "PROTOCOL")} is neither {protocols[0]} nor {protocols[1]}.",
                "Set it to one of them, unset it, or write `otlp: off`."
            );
        }

        var isGrpc = protocol == Grpc;
        return new TelemetryOptions
        {
            Endpoint = ReadEndpoint(section, signal, path, environment, isGrpc),
            IsGrpc = isGrpc,
        };
    }

    // Not all collectors of spans accept metrics, so metrics are sent only if requested.
    private static bool ReadMetricsExporter(ConfigSection section, Func<string, string?> environment)
    {
        var names =
            Known(environment(MetricsExporter))
                ?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            ?? [];
        if (names.Except(Exporters).Any())
        {
            section.Error(
                "otlp",
                $"{MetricsExporter} is neither otlp nor prometheus nor none.",
                "Set it to one of them, unset it, or write `otlp: off`."
            );
        }

        return names.Contains("otlp");
    }

    // The variable of a signal is the whole URL, the common one a base (OpenTelemetry, OTLP exporter, endpoint URLs).
    private static Uri? ReadEndpoint(
        ConfigSection section,
        string signal,
        string path,
        Func<string, string?> environment,
        bool isGrpc
    )
    {
        var name = FindVariable(environment, signal, "ENDPOINT");
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
                $"{name} is not an http or https URL without a user.",
                $"Correct or unset it, or write `otlp: off`; credentials belong into {Prefix}HEADERS."
            );
            return null;
        }

        return name == Prefix + "ENDPOINT" && !isGrpc ? new Uri($"{text.TrimEnd('/')}/{path}") : url;
    }

    private static string FindVariable(Func<string, string?> environment, string signal, string setting) =>
        Known(environment($"{Prefix}{signal}_{setting}")) is null ? Prefix + setting : $"{Prefix}{signal}_{setting}";

    private static string? Known(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
