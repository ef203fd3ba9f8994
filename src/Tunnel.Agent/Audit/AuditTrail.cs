using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Culvert.Machine.Client.Checkpoints;
using Culvert.Platform.Certificates;
using Culvert.Platform.Checkpoints;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>
/// Records calls, and the agent's own certificate orders, in a local append-only file. A call queues its record, already
/// serialized, when it ends; one writer chains the queued records, writes many with one write and flushes the disk once
/// for many. A record is in the file within <see cref="BetweenWrites"/>, and on the disk within
/// <see cref="BetweenFlushes"/>. While that is not possible, <see cref="TryReserve"/> fails.
/// </summary>
internal sealed class AuditTrail : IAuditTrail, IDisposable
{
    /// <summary>The limit of running calls and queued records together.</summary>
    internal const int MaxPending = 65_536;

    /// <summary>Slots for calls that may run without a record. The remaining slots are for calls that need one.</summary>
    internal const int MaxOptional = MaxPending / 2;

    internal const string NoRoom = "The disk has less than audit.disk_reserve left.";

    /// <summary>The interval of writes: a write for each record costs a busy agent more than creating the records.</summary>
    internal static readonly TimeSpan BetweenWrites = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan BetweenFlushes = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenHeads = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);

    /// <summary>The same interval as of the service's own audit (S30).</summary>
    internal static readonly TimeSpan BetweenCheckpoints = TimeSpan.FromMinutes(1);

    private readonly string instance;
    private readonly AuditFolder folder;

    private volatile AuditSettings settings;
    private readonly AuditFile file;
    private readonly Func<long> freeBytes;
    private readonly TimeProvider time;
    private readonly ILogger<AuditTrail> logger;
    private readonly byte[] key;
    private readonly ThreadLocal<RecordWriter> records;
    private readonly RecordQueue queue = new();
    private readonly SemaphoreSlim arrived = new(0, 1);
    private int pending;
    private int queued;
    private long lost;
    private long lostBefore; // already recorded in the file
    private long durable;
    private volatile string? problem;

    // Only the writer uses these.
    private readonly ArrayBufferWriter<byte> lines = new(4096);
    private readonly IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private Queue<RecordQueue.Segment> unwritten = []; // not written yet: a failed write leaves it here
    private DateTimeOffset flushedAt;
    private DateTimeOffset headAt;
    private DateTimeOffset checkedAt;
    private DateTimeOffset checkpointAt;
    private long checkpointed; // the record of the last checkpoint
    private bool isDirty;
    private bool hasWritten; // in the last round

    /// <param name="logger">Logs problems, and the number and hash that the chain has reached.</param>
    /// <param name="freeBytes">Returns the free bytes of the disk; queries the system when null.</param>
    /// <exception cref="IOException">The files cannot be opened.</exception>
    /// <exception cref="SecretUnavailableException">The key cannot be read.</exception>
    public AuditTrail(
        AuditSettings settings,
        AuditFolder folder,
        string instance,
        string version,
        TimeProvider time,
        ILogger<AuditTrail> logger,
        Func<long>? freeBytes = null
    )
    {
        this.settings = settings;
        this.time = time;
        this.logger = logger;
        (this.instance, this.folder) = (instance, folder);
        file = AuditFile.Open(folder, settings);
        file.Flush();
        durable = file.Sequence;
        key = HashKey.Read(folder.Key);

        // Not tracked: the writer of a thread must be collected with the thread.
        records = new(() => new RecordWriter(instance, version, key), trackAllValues: false);
        this.freeBytes = freeBytes ?? (() => new DriveInfo(folder.Folder).AvailableFreeSpace);
        flushedAt = headAt = checkpointAt = time.GetUtcNow();
    }

    /// <summary>Returns the key that signs checkpoints; without one there are no checkpoints.</summary>
    public Func<KeyAndCertificate?>? Signer { get; set; }

    /// <summary>Occurs with each checkpoint, so that it soon reaches the service.</summary>
    public event Action<string>? Checkpointed;

    /// <summary>Why no record can be written at present; null while records can be written.</summary>
    public string? Problem => problem ?? (IsFull ? $"{MaxPending} calls run or wait to be written." : null);

    /// <summary>A key of its own for a purpose: the same as long as the agent keeps its state.</summary>
    public byte[] DeriveKey(string purpose) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(purpose));

    public long Lost => Volatile.Read(ref lost);

    public long Sequence => file.Sequence;

    /// <summary>The newest record that survives a power loss.</summary>
    public long Durable => Volatile.Read(ref durable);

    /// <summary>Applies other limits. The path of the file does not change.</summary>
    public void Apply(AuditSettings next) => settings = next;

    public bool RecordsAnswerShapes => settings.RecordsAnswerShapes;

    public bool TryReserve(bool mustBeKept = true)
    {
        if (!settings.DeniesWhenFull)
        {
            Interlocked.Increment(ref pending);
            return true;
        }

        if (problem is null && Interlocked.Increment(ref pending) is var now)
        {
            if (now <= (mustBeKept ? MaxPending : MaxOptional))
            {
                return true;
            }

            Interlocked.Decrement(ref pending);
        }

        return false;
    }

    public void Release() => Interlocked.Decrement(ref pending);

    public void Add(AuditRecord record)
    {
        if (!settings.DeniesWhenFull && (problem is not null || Volatile.Read(ref queued) >= MaxPending))
        {
            CountLost(record);
            Release();
            return;
        }

        var members = records.Value!.Write(record, settings.KeepsShapes);
        var isFirst = Interlocked.Increment(ref queued) == 1;
        queue.Add(members);
        if (isFirst)
        {
            Wake();
        }
    }

    public void CountLost(AuditRecord record) => Interlocked.Increment(ref lost);

    public void Describe(CallRecord record)
    {
        record.Described = records.Value!.Describe(record, settings.KeepsShapes);
        record.Arguments = default;
    }

    /// <summary>Writes until cancelled, then writes the remaining records.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Begin();
        try
        {
            while (true)
            {
                var isAway = WriteQueued();
                await WaitAsync(isAway, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Finish();
        }
    }

    /// <summary>One round of the writer. False: the write failed, and the records stay for the next round.</summary>
    internal bool WriteQueued()
    {
        try
        {
            if (!HasRoom())
            {
                Fail(NoRoom);
                return false;
            }

            file.Settings = settings;
            WriteLost();
            hasWritten = false;
            WriteWaiting();

            FlushIfDue();
            CheckpointIfDue();
            Recover();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(e.Message);
            return false;
        }
    }

    public void Dispose()
    {
        file.Dispose();
        digest.Dispose();
        arrived.Dispose();
        records.Dispose();
        CryptographicOperations.ZeroMemory(key);
    }

    private bool IsFull =>
        settings.DeniesWhenFull ? Volatile.Read(ref pending) >= MaxPending : Volatile.Read(ref queued) >= MaxPending;

    private void Begin()
    {
        if (file.RepairedBytes > 0)
        {
            Log.AuditRepaired(logger, file.RepairedBytes);
            Note("repaired"u8, "bytes"u8, file.RepairedBytes);
        }

        if (file.IsHeadMissing)
        {
            Log.AuditHeadMissing(logger, file.Sequence);
            Note("head_missing"u8, "records"u8, file.Sequence);
        }

        if (file.MissingRecords > 0)
        {
            Log.AuditMissing(logger, file.MissingRecords);
            Note("missing"u8, "records"u8, file.MissingRecords);
        }
    }

    // A record about the file itself; a failed write is logged.
    private void Note(ReadOnlySpan<byte> type, ReadOnlySpan<byte> member, long number)
    {
        try
        {
            WriteOwn(type, member, number);
        }
        catch (IOException e)
        {
            Fail(e.Message);
        }
    }

    private void WriteOwn(ReadOnlySpan<byte> type, ReadOnlySpan<byte> member, long number)
    {
        lines.ResetWrittenCount();
        Span<byte> hash = stackalloc byte[CallRecordLine.HashCharacters];
        Encoding.ASCII.GetBytes(file.Hash, hash);
        var members = records.Value!.Write(type, time.GetUtcNow(), member, number);
        AuditLine.Write(lines, digest, file.Sequence + 1, members, hash);
        Append(file.Sequence + 1, hash);
    }

    private void WriteWaiting()
    {
        WriteTaken(); // what the last write could not write
        unwritten = queue.Drain(unwritten);
        WriteTaken();
    }

    private void WriteTaken()
    {
        while (unwritten.TryPeek(out var segment))
        {
            Write(segment);
            Interlocked.Add(ref queued, -segment.Records);
            Interlocked.Add(ref pending, -segment.Records);
            unwritten.Dequeue().Return();
            hasWritten = true;
            if (file.RotateIfDue())
            {
                Log.AuditReached(logger, file.Sequence, file.Hash);
            }
        }
    }

    private void Write(RecordQueue.Segment segment)
    {
        lines.ResetWrittenCount();
        var sequence = file.Sequence;
        Span<byte> hash = stackalloc byte[CallRecordLine.HashCharacters];
        Encoding.ASCII.GetBytes(file.Hash, hash);
        for (var at = 0; segment.Next(ref at) is { IsEmpty: false } members; )
        {
            AuditLine.Write(lines, digest, ++sequence, members, hash);
        }

        Append(sequence, hash);
    }

    private void Append(long sequence, ReadOnlySpan<byte> hash)
    {
        file.Append(lines.WrittenSpan, sequence, Encoding.ASCII.GetString(hash));
        isDirty = true;
    }

    private void WriteLost()
    {
        var now = Lost;
        if (now > lostBefore)
        {
            WriteOwn("lost"u8, "records"u8, now - lostBefore);
            lostBefore = now;
        }
    }

    private void FlushIfDue()
    {
        var now = time.GetUtcNow();
        if (isDirty && (now - flushedAt).Duration() >= BetweenFlushes)
        {
            file.Flush();
            (isDirty, flushedAt) = (false, now);
            Volatile.Write(ref durable, file.Sequence);
        }

        if (!isDirty && (now - headAt).Duration() >= BetweenHeads)
        {
            file.WriteHead();
            headAt = now;
        }
    }

    // A checkpoint covers only flushed records. It proves something only if a copy leaves this machine: hence the log.
    private void CheckpointIfDue()
    {
        var now = time.GetUtcNow();
        if (
            isDirty
            || file.Sequence == checkpointed
            || (now - checkpointAt).Duration() < BetweenCheckpoints
            || Signer?.Invoke() is not { } signer
            || AuditCheckpoint.SignCalls(signer, instance, file.Sequence, file.Hash, now) is not { } token
        )
        {
            return;
        }

        PrivateFile.Replace(folder.Checkpoint, Encoding.ASCII.GetBytes(token + "\n"));
        Log.AuditCheckpoint(logger, file.Sequence, token);
        (checkpointAt, checkpointed) = (now, file.Sequence);
        Checkpointed?.Invoke(token);
    }

    private bool HasRoom()
    {
        var now = time.GetUtcNow();
        if (problem is null && (now - checkedAt).Duration() < BetweenAttempts)
        {
            return true;
        }

        checkedAt = now;
        return freeBytes() >= settings.DiskReserve;
    }

    private void Fail(string why)
    {
        if (problem is null)
        {
            Log.AuditStopped(logger, why);
        }

        problem = why;
    }

    private void Recover()
    {
        if (problem is not null)
        {
            problem = null;
            Log.AuditResumed(logger, Lost);
        }
    }

    // Waits until a record arrives, but at most until the next flush, head or attempt is due. Records that arrive right
    // after a write wait for others.
    private async Task WaitAsync(bool isAway, CancellationToken cancellationToken)
    {
        if (!isAway)
        {
            await Task.Delay(BetweenAttempts, time, cancellationToken);
            return;
        }

        if (hasWritten)
        {
            await Task.Delay(BetweenWrites, time, cancellationToken);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = new CancellationTokenSource(isDirty ? BetweenFlushes - BetweenWrites : BetweenHeads, time);
        using var joined = timer.Token.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), limit);
        try
        {
            await arrived.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A flush, head or attempt is due.
        }
    }

    private void Finish()
    {
        flushedAt = headAt = checkedAt = checkpointAt = DateTimeOffset.MinValue;
        WriteQueued();
        Log.AuditReached(logger, file.Sequence, file.Hash);
    }

    private void Wake()
    {
        if (arrived.CurrentCount > 0)
        {
            return; // already signalled
        }

        try
        {
            arrived.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another call has signalled first.
        }
    }
}
