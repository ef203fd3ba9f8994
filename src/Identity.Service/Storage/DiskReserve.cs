namespace Culvert.Identity.Service.Storage;

/// <summary>
/// Watches the free space of the database's disk (S31), at most once a second. The disk of a database server is not visible
/// to the service.
/// </summary>
internal sealed class DiskReserve(string? file, JournalOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly Func<long> freeBytes =
        options.FreeBytes ?? (() => file is null ? long.MaxValue : FreeBytesAt(file));
    private readonly Lock looking = new();
    private long checkedAt;
    private bool hasChecked;
    private volatile bool reached;

    public bool IsReached()
    {
        if (looking.TryEnter())
        {
            try
            {
                Look_NeedsLock();
            }
            finally
            {
                looking.Exit();
            }
        }

        return reached;
    }

    private void Look_NeedsLock()
    {
        var now = time.GetTimestamp();
        if (hasChecked && time.GetElapsedTime(checkedAt, now) < CheckInterval)
        {
            return;
        }

        hasChecked = true;
        checkedAt = now;
        var below = freeBytes() < options.DiskReserveBytes;
        if (below && !reached)
        {
            Log.DiskReserveReached(logger, options.DiskReserveBytes);
        }

        reached = below;
    }

    private static long FreeBytesAt(string file) =>
        new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(file))!).AvailableFreeSpace;
}
