using System.Collections.Concurrent;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>Keeps what is recorded, and counts places as the real one does.</summary>
internal sealed class KeptTrail : IAuditTrail
{
    private int places;

    public ConcurrentQueue<AuditRecord> Records { get; } = [];

    /// <summary>Whether the trail takes no further record.</summary>
    public bool IsFull { get; set; }

    /// <summary>Taken, and neither used nor given back.</summary>
    public int Places => Volatile.Read(ref places);

    /// <summary>Calls that had no place and were made all the same.</summary>
    public ConcurrentQueue<AuditRecord> Lost { get; } = [];

    /// <summary>Waits for the only record, which is of a call.</summary>
    public async Task<CallRecord> OnlyCallAsync()
    {
        await Eventually.UntilAsync(() => !Records.IsEmpty, TestContext.Current.CancellationToken);
        return Records.ShouldHaveSingleItem().ShouldBeOfType<CallRecord>();
    }

    public bool RecordsAnswerShapes { get; init; }

    public bool TryReserve(bool mustBeKept)
    {
        if (!IsFull)
        {
            Interlocked.Increment(ref places);
        }

        return !IsFull;
    }

    public void Release() => Interlocked.Decrement(ref places);

    public void Add(AuditRecord record)
    {
        Records.Enqueue(record);
        Release();
    }

    public void CountLost(AuditRecord record) => Lost.Enqueue(record);

    public void Describe(CallRecord record) { }
}
