using Culvert.Platform.Telemetry;

namespace Culvert.Identity.Service.Audit.Export;

/// <summary>
/// The collector named by the environment: if it changes, the new one continues at the old one's position.
/// </summary>
internal sealed record CollectorTarget(LogsCollector Collector) : AuditTarget(Written)
{
    public const string Written = "otlp";
}
