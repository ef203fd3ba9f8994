using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Where orders are counted, recorded and logged.</summary>
internal sealed record AcmeRecords(AgentMetrics Metrics, IAuditTrail Trail, ILoggerFactory Loggers);
