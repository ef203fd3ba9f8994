namespace Culvert.Tunnel.Agent.Audit;

/// <summary>A record that becomes a line of the trail.</summary>
internal abstract class AuditRecord
{
    public required DateTimeOffset Time { get; init; }
}
