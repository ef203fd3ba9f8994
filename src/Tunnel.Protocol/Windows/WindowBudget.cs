using Culvert.Tunnel.Protocol.Frames;

namespace Culvert.Tunnel.Protocol.Windows;

/// <summary>
/// Limits the credit that receivers may grant beyond the initial windows (W1): one for each connection, and one for the
/// process above them. Granted credit is taken, and returned when the stream ends or needs less.
/// </summary>
/// <remarks>
/// Grants cannot be revoked on the wire, so no use of the budget may exhaust it for the others: the initial raise of every
/// stream leaves half of it for streams that show a need, and of that half no stream takes more than a quarter at once.
/// </remarks>
public sealed class WindowBudget
{
    /// <summary>Budget of one connection: 64 MiB.</summary>
    public const long ConnectionBytes = 64 * 1024 * 1024;

    /// <summary>Budget of all connections of a process: 256 MiB.</summary>
    public const long ProcessBytes = 256 * 1024 * 1024;

    /// <summary>A smaller increase would have no effect.</summary>
    private const int LeastGrowthBytes = TunnelProtocol.MaxDataBytes;

    private readonly long total;
    private readonly WindowBudget? above;
    private long free;

    /// <param name="bytes">The size; 0 = every stream keeps its initial window.</param>
    /// <param name="above">The budget that contains this one; null = none.</param>
    public WindowBudget(long bytes, WindowBudget? above = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        total = free = bytes;
        this.above = above;
    }

    /// <summary>Bytes not granted to any stream.</summary>
    public long FreeBytes => Interlocked.Read(ref free);

    /// <summary>Takes all or nothing, and only while half of the budget stays free.</summary>
    internal bool TryTakeAtStart(int bytes)
    {
        if (!TryTake(bytes, keep: total / 2))
        {
            return false;
        }

        if (above is null || above.TryTakeAtStart(bytes))
        {
            return true;
        }

        Interlocked.Add(ref free, bytes);
        return false;
    }

    /// <summary>Takes what is available to one stream, at most <paramref name="wanted"/>; may be 0.</summary>
    internal int AcquireForGrowth(int wanted)
    {
        wanted = (int)Math.Min(wanted, FreeBytes / 4);
        if (wanted < LeastGrowthBytes || !TryTake(wanted, keep: 0))
        {
            return 0; // another stream was faster; the next credit retries
        }

        var taken = above?.AcquireForGrowth(wanted) ?? wanted;
        Interlocked.Add(ref free, wanted - taken);
        return taken;
    }

    internal void Return(int bytes)
    {
        Interlocked.Add(ref free, bytes);
        above?.Return(bytes);
    }

    private bool TryTake(int bytes, long keep)
    {
        var seen = FreeBytes;
        while (seen - bytes >= keep)
        {
            var found = Interlocked.CompareExchange(ref free, seen - bytes, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }
}
