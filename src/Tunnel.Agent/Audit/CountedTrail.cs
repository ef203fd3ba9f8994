namespace Culvert.Tunnel.Agent.Audit;

internal sealed class CountedTrail(IAuditTrail inner, CallCounts counts) : IAuditTrail
{
    public bool RecordsAnswerShapes => inner.RecordsAnswerShapes;

    public bool TryReserve(bool mustBeKept) => inner.TryReserve(mustBeKept);

    public void Release() => inner.Release();

    public void Add(AuditRecord record)
    {
        Count(record);
        inner.Add(record);
    }

    public void CountLost(AuditRecord record)
    {
        Count(record);
        inner.CountLost(record);
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
