namespace Culvert.Platform.Telemetry;

/// <summary>The collectors of spans and metrics. Credentials are read from the environment at the start.</summary>
public sealed record TelemetryOptions
{
    /// <summary>The collector's URL with its path; null: no spans are created.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Uses OTLP over gRPC rather than over HTTP.</summary>
    public bool IsGrpc { get; init; }

    /// <summary>The collector of metrics; null: none.</summary>
    public TelemetryOptions? Metrics { get; init; }
}
