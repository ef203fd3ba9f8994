using Culvert.Platform.Health;
using Culvert.Platform.Logging;
using Culvert.Platform.Telemetry;

namespace Culvert.Identity.Service.Configuration;

internal sealed record ServiceSettings(
    ServiceOptions Options,
    HealthOptions Health,
    LogOptions Log,
    TelemetryOptions Telemetry
);
