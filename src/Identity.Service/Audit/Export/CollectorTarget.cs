using Culvert.Platform.Telemetry;

namespace Culvert.Identity.Service.Audit.Export;

/// <summary>
/// The collector that the environment names, whichever that is: a new one continues where the old one stopped.
/// </summary>
internal sealed record CollectorTarget(LogsCollector Collector) : AuditTarget(Written)
{
    public const string Written = "otlp";
}
