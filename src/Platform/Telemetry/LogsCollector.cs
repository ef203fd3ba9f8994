using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Configuration;
using Culvert.Platform.Net;

namespace Culvert.Platform.Telemetry;

/// <summary>The collector for log records, by OTLP over HTTP. Credentials are read at each use.</summary>
public sealed class LogsCollector
{
    private const string Signal = "LOGS";
    private const string LogsPath = "v1/logs";

    private readonly Func<string, string?> environment;

    private LogsCollector(Uri endpoint, Func<string, string?> environment) =>
        (Endpoint, this.environment) = (endpoint, environment);

    /// <summary>The URL with its path.</summary>
    public Uri Endpoint { get; }

    /// <summary>
    /// Reads the environment (<c>OTEL_EXPORTER_OTLP_LOGS_…</c> before <c>OTEL_EXPORTER_OTLP_…</c>). Null: there is no
    /// collector, or <c>otlp: off</c>, or an error was reported.
    /// </summary>
    public static LogsCollector? Read(ConfigSection root, Func<string, string?>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(root);
        environment ??= Environment.GetEnvironmentVariable;
        return
            TelemetrySection.Read(root, Signal, LogsPath, ["http/protobuf", "http/json"], environment)
                is { Endpoint: { } endpoint }
            ? new LogsCollector(endpoint, environment)
            : null;
    }

    /// <summary>Request headers for the collector (<c>OTEL_EXPORTER_OTLP_HEADERS</c>): never shown.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers() =>
        (TelemetrySection.Value(environment, Signal, "HEADERS") ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(header => header.Split('=', 2, StringSplitOptions.TrimEntries))
            .Where(header => header is [{ Length: > 0 }, _])
            .Select(header => new KeyValuePair<string, string>(header[0], Uri.UnescapeDataString(header[1])));

    /// <summary><c>OTEL_SERVICE_NAME</c> and <c>OTEL_RESOURCE_ATTRIBUTES</c>, for all records.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Resource(string program) =>
        [
            .. Traces
                .CreateResource(program)
                .Build()
                .Attributes.Select(one => new KeyValuePair<string, string>(one.Key, $"{one.Value}")),
        ];

    /// <summary>The roots of <c>OTEL_EXPORTER_OTLP_CERTIFICATE</c>, else the system's and the bundle's.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The file contains no certificates.</exception>
    public X509ChainPolicy ChainPolicy(string bundle) =>
        SystemRoots.Policy(bundle, TelemetrySection.Value(environment, Signal, "CERTIFICATE"));
}
