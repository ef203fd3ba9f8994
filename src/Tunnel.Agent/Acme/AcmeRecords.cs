using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Where orders are counted, logged and recorded.</summary>
/// <param name="Metrics">Counts orders.</param>
/// <param name="Trail">Records orders.</param>
/// <param name="Loggers">Makes the logger.</param>
internal sealed record AcmeRecords(AgentMetrics Metrics, IAuditTrail Trail, ILoggerFactory Loggers);
