namespace Culvert.Platform.Telemetry;

/// <summary>
/// Where spans go, and metrics. Credentials are not part of it: they are read from the environment when the sending begins.
/// </summary>
public sealed record TelemetryOptions
{
    /// <summary>The collector's address, with its path; null: no spans are made.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Spoken is OTLP over gRPC rather than over HTTP.</summary>
    public bool IsGrpc { get; init; }

    /// <summary>Where metrics go; null: to no collector.</summary>
    public TelemetryOptions? Metrics { get; init; }
}
