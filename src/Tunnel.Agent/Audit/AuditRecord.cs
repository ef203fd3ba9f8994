namespace Culvert.Tunnel.Agent.Audit;

internal abstract class AuditRecord
{
    public required DateTimeOffset Time { get; init; }
}
