namespace Culvert.Tunnel.Agent.Audit;

/// <summary>A trail whose records are counted for the service as well.</summary>
internal sealed class CountedTrail(IAuditTrail inner, CallCounts counts) : IAuditTrail
{
    public bool TryReserve(bool mustBeKept) => inner.TryReserve(mustBeKept);

    public void Release() => inner.Release();

    public void Add(AuditRecord record)
    {
        Count(record);
        inner.Add(record);
    }

    public void Lose(AuditRecord record)
    {
        Count(record);
        inner.Lose(record);
    }

    public void Describe(CallRecord record) => inner.Describe(record);

    private void Count(AuditRecord record)
    {
        if (record is CallRecord { IsCall: true } call)
        {
            counts.Add(call);
        }
    }
}
