using Culvert.Platform.Health;
using Culvert.Platform.Logging;
using Culvert.Platform.Telemetry;

namespace Culvert.Identity.Service.Configuration;

/// <summary>The whole configuration file, validated.</summary>
internal sealed record ServiceSettings(
    ServiceOptions Options,
    HealthOptions Health,
    LogOptions Log,
    TelemetryOptions Telemetry
);
