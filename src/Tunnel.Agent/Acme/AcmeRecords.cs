using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Acme;

internal sealed record AcmeRecords(AgentMetrics Metrics, IAuditTrail Trail, ILoggerFactory Loggers);
