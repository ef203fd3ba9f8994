namespace Culvert.Tunnel.Agent.Audit;

/// <summary>A trail whose records are counted for the service as well.</summary>
internal sealed class CountedTrail(IAuditTrail inner, CallCounts counts) : IAuditTrail
{
    public bool TryReserve() => inner.TryReserve();

    public void Release() => inner.Release();

    public void Add(AuditRecord record)
    {
        if (record is CallRecord call)
        {
            counts.Add(call);
        }

        inner.Add(record);
    }

    public string ShapeOf(ReadOnlySpan<byte> arguments) => inner.ShapeOf(arguments);

    public string HashOf(ReadOnlySpan<byte> value) => inner.HashOf(value);
}
