using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Configuration;
using Culvert.Platform.Net;

namespace Culvert.Platform.Telemetry;

/// <summary>
/// The collector for log records, by OTLP over HTTP. Credentials are not included: they are read at each use.
/// </summary>
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
    /// Reads the collector from the environment (<c>OTEL_EXPORTER_OTLP_LOGS_…</c> before <c>OTEL_EXPORTER_OTLP_…</c>).
    /// Null: there is none, or the section has <c>otlp: off</c>, or an error in it was reported.
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

    /// <summary>
    /// Resource attributes of the program for all records (<c>OTEL_SERVICE_NAME</c>, <c>OTEL_RESOURCE_ATTRIBUTES</c>).
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Resource(string program) =>
        [
            .. Traces
                .CreateResource(program)
                .Build()
                .Attributes.Select(one => new KeyValuePair<string, string>(one.Key, $"{one.Value}")),
        ];

    /// <summary>
    /// The roots for the collector's certificate: those of <c>OTEL_EXPORTER_OTLP_CERTIFICATE</c>, else the system's and
    /// those of the bundle.
    /// </summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The file contains no certificates.</exception>
    public X509ChainPolicy ChainPolicy(string bundle) =>
        SystemRoots.Policy(bundle, TelemetrySection.Value(environment, Signal, "CERTIFICATE"));
}
