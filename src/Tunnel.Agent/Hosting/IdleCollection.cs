namespace Culvert.Tunnel.Agent.Hosting;

/// <summary>
/// Returns memory to the system when calls become rare. After a burst of calls the garbage collector holds memory until
/// the next collection, and an idle agent allocates too little to trigger one.
/// </summary>
internal sealed class IdleCollection : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    /// <summary>An agent that allocates fewer bytes than this between two checks is idle.</summary>
    public const long IdleBytes = 1024 * 1024;

    /// <summary>The least number of bytes since the last collection that justifies another one.</summary>
    public const long WorthBytes = 16 * 1024 * 1024;

    private readonly Func<long> allocated;
    private readonly Action collect;
    private readonly ITimer timer;
    private long checkedAt;
    private long collectedAt;

    /// <param name="allocated">The bytes that this process has allocated since it started.</param>
    /// <param name="collect">Collects all generations and returns free memory to the system.</param>
    public IdleCollection(TimeProvider time, Func<long> allocated, Action collect)
    {
        (this.allocated, this.collect) = (allocated, collect);
        checkedAt = allocated();
        timer = time.CreateTimer(static state => ((IdleCollection)state!).Check(), this, Interval, Interval);
    }

    public static IdleCollection Start(TimeProvider time) =>
        new(
            time,
            () => GC.GetTotalAllocatedBytes(),
            () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true)
        );

    public void Dispose() => timer.Dispose();

    private void Check()
    {
        var now = allocated();
        var isIdle = now - checkedAt < IdleBytes;
        checkedAt = now;
        if (isIdle && now - collectedAt >= WorthBytes)
        {
            collectedAt = now;
            collect();
        }
    }
}
