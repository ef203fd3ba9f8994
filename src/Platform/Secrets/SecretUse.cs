namespace Culvert.Platform.Secrets;

/// <summary>The last use of one secret.</summary>
internal sealed class SecretUse(TimeProvider time)
{
    private long ticks; // of UTC; 0 = not used

    public DateTimeOffset? Last =>
        Interlocked.Read(ref ticks) is var read and > 0 ? new DateTimeOffset(read, TimeSpan.Zero) : null;

    public void Record() => Interlocked.Exchange(ref ticks, time.GetUtcNow().UtcTicks);
}
