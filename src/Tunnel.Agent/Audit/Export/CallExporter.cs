using System.Security.Cryptography;
using Culvert.Platform.Net;
using Culvert.Platform.Telemetry;
using Culvert.Platform.Timing;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Audit.Export;

/// <summary>
/// Sends the records to a collector: in order, each at least once. It reads the files, so no call waits for it, and
/// stores its position, so a restart continues there. Records that rotation removes before they were sent are counted.
/// </summary>
/// <param name="durable">Returns the newest record that is on the disk: later ones are not sent.</param>
internal sealed class CallExporter(
    AuditFolder folder,
    Func<long> durable,
    NetworkSource network,
    TimeProvider time,
    ILogger<CallExporter> logger
) : IDisposable
{
    public const int BatchRecords = 500;

    /// <summary>A batch of this size takes no further record: below the default limit of collectors.</summary>
    public const int BatchBytes = 1024 * 1024;

    /// <summary>How long new records wait for others.</summary>
    public static readonly TimeSpan BetweenRounds = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan SendWithin = TimeSpan.FromSeconds(20);

    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private static readonly Backoff Waits = new(BetweenRounds, LongestWait);

    private volatile LogsCollector? configured;
    private LogsCollector? used;
    private CollectorClient? client;
    private RecordCursor? cursor;
    private IReadOnlyList<RecordLine> batch = []; // read, but not sent yet
    private long missing; // already reported
    private long position;
    private long sent;
    private long failures; // in a row
    private long failed;
    private long skipped;

    /// <summary>Records that the collector has accepted since the start.</summary>
    public long Sent => Volatile.Read(ref sent);

    /// <summary>Failed attempts since the start, and records that the collector rejected.</summary>
    public long Failed => Volatile.Read(ref failed);

    /// <summary>Records that were removed before they were sent, since the start.</summary>
    public long Skipped => Volatile.Read(ref skipped);

    /// <summary>Records that the collector does not have yet; 0 while there is no collector.</summary>
    public long Waiting => configured is null ? 0 : Math.Max(0, durable() - Volatile.Read(ref position));

    /// <summary>Sets the collector; null: stops sending.</summary>
    public void Use(LogsCollector? collector) => configured = collector;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var hasSent = await RunRoundAsync(cancellationToken);
            if (!hasSent)
            {
                await Task.Delay(failures > 0 ? Waits.After(failures) : BetweenRounds, time, cancellationToken);
            }
        }
    }

    /// <summary>Sends one batch. False: there was none, or the attempt failed.</summary>
    internal async Task<bool> RunRoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!Prepare())
            {
                return false;
            }

            if (batch.Count == 0)
            {
                batch = cursor!.Read(BatchRecords, BatchBytes, durable());
                ReportMissing();
            }

            return batch.Count > 0 && await SendAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            Fail(e.Message);
            return false;
        }
    }

    public void Dispose()
    {
        client?.Dispose();
        cursor?.Dispose();
    }

    // False: no collector is configured.
    private bool Prepare()
    {
        var collector = configured;
        if (collector != used)
        {
            client?.Dispose();
            client = null;
            used = collector;
        }

        if (collector is null)
        {
            cursor?.Dispose();
            (cursor, batch, failures) = (null, [], 0);
            return false;
        }

        client ??= new CollectorClient(collector, network, CollectedRecord.Program, CollectedRecord.Scope);
        cursor ??= Begin();
        return true;
    }

    // Continues where the last run stopped, if the files are still the same.
    private RecordCursor Begin()
    {
        missing = 0;
        if (ExportPosition.Read(folder.Exported) is not { } last)
        {
            return new RecordCursor(folder, 1);
        }

        using var known = new RecordCursor(folder, last.Sequence);
        var same = known.Read(1, BatchBytes, last.Sequence);
        if (last.Sequence > durable() || (same is [var found] && found.Hash != last.Hash))
        {
            Log.AuditExportRestarted(logger, last.Sequence);
            return new RecordCursor(folder, 1);
        }

        Volatile.Write(ref position, last.Sequence);
        return new RecordCursor(folder, last.Sequence + 1);
    }

    private async Task<bool> SendAsync(CancellationToken cancellationToken)
    {
        var (error, rejected) = await TrySendAsync(cancellationToken);
        if (error is not null)
        {
            Fail(error);
            return false;
        }

        if (rejected > 0)
        {
            Interlocked.Add(ref failed, rejected);
            Log.AuditExportRejected(logger, rejected);
        }

        if (failures > 0)
        {
            Log.AuditExportResumed(logger, failures);
            failures = 0;
        }

        Interlocked.Add(ref sent, batch.Count - rejected);
        var last = batch[^1];
        batch = [];
        Volatile.Write(ref position, last.Sequence);
        new ExportPosition(last.Sequence, last.Hash).Write(folder.Exported);
        return true;
    }

    private async ValueTask<CollectorAnswer> TrySendAsync(CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(SendWithin, time, cancellationToken);
        try
        {
            return await client!.SendAsync(batch.Select(CollectedRecord.Create), limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new CollectorAnswer($"The request timed out after {SendWithin.TotalSeconds:0} s.");
        }
    }

    // Records that rotation removed before the export was configured are not missing.
    private void ReportMissing()
    {
        var gone = cursor!.Missing - missing;
        missing = cursor.Missing;
        if (gone > 0 && Volatile.Read(ref position) > 0)
        {
            Interlocked.Add(ref skipped, gone);
            Log.AuditExportSkipped(logger, gone);
        }
    }

    private void Fail(string why)
    {
        failures++;
        Interlocked.Increment(ref failed);
        Log.AuditExportFailed(logger, why, Waits.After(failures));
    }
}
