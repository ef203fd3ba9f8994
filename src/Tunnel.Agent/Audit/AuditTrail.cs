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
/// Records calls, and the agent's own orders of certificates, in a local file that only grows. Calls put their records into a
/// queue when they end, as they will be written; one writer takes all that are there, chains them, writes many with one write
/// and flushes the disk once for many.
/// A record is in the file <see cref="BetweenWrites"/> later at most, and on the disk <see cref="BetweenFlushes"/> later.
/// While that is not possible, new calls get no place.
/// </summary>
internal sealed class AuditTrail : IAuditTrail, IDisposable
{
    /// <summary>Calls that run and records that wait, together.</summary>
    internal const int MaxPending = 65_536;

    /// <summary>Of these, the places for calls that are made with or without a record: the rest is for those that are not.</summary>
    internal const int MaxOptional = MaxPending / 2;

    /// <summary>A <see cref="Problem"/>.</summary>
    internal const string NoRoom = "The disk has less than audit.disk_reserve left.";

    /// <summary>One write for all records of so long: a write for each costs a busy agent more than making them.</summary>
    internal static readonly TimeSpan BetweenWrites = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan BetweenFlushes = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenHeads = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);

    /// <summary>As S30 has it for the service's own audit.</summary>
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
    private long lostBefore; // already written down
    private long durable;
    private volatile string? problem;

    // The writer's own.
    private readonly ArrayBufferWriter<byte> lines = new(4096);
    private readonly IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private Queue<RecordQueue.Segment> taken = []; // not written yet: what a disk refused is still there
    private DateTimeOffset flushedAt;
    private DateTimeOffset headAt;
    private DateTimeOffset lookedAt;
    private DateTimeOffset checkpointAt;
    private long checkpointed; // the record that the last checkpoint spoke of
    private bool isDirty;
    private bool hasWritten; // in the last turn

    /// <param name="settings">The section.</param>
    /// <param name="folder">Where the files lie.</param>
    /// <param name="instance">This agent's id.</param>
    /// <param name="version">This program's.</param>
    /// <param name="time">The clock of flushes.</param>
    /// <param name="logger">Told about trouble and how far the chain reaches.</param>
    /// <param name="freeBytes">What the disk has left; asks the system when null.</param>
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

        // Not tracked: threads come and go, and what they leave must go with them.
        records = new(() => new RecordWriter(instance, version, key), trackAllValues: false);
        this.freeBytes = freeBytes ?? (() => new DriveInfo(folder.Folder).AvailableFreeSpace);
        flushedAt = headAt = checkpointAt = time.GetUtcNow();
    }

    /// <summary>Whose key signs how far the records reach; null, or no key yet: it is not signed.</summary>
    public Func<KeyAndCertificate?>? Signer { get; set; }

    /// <summary>Called with each checkpoint: it should reach the service soon.</summary>
    public Action<string>? Checkpointed { get; set; }

    /// <summary>Why nothing can be recorded at present; null while it can.</summary>
    public string? Problem => problem ?? (IsFull ? $"{MaxPending} calls run or wait to be written." : null);

    /// <summary>Calls that were served and not recorded.</summary>
    public long Lost => Volatile.Read(ref lost);

    public long Sequence => file.Sequence;

    /// <summary>The newest record that a loss of power does not undo.</summary>
    public long Durable => Volatile.Read(ref durable);

    /// <summary>Puts other limits in force. The file stays the one that it was opened with.</summary>
    public void Apply(AuditSettings next) => settings = next;

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

    // The writer puts the number into the file, once it can.
    public void CountLost(AuditRecord record) => Interlocked.Increment(ref lost);

    public void Describe(CallRecord record)
    {
        record.Described = records.Value!.Describe(record, settings.KeepsShapes);
        record.Arguments = default;
    }

    /// <summary>Writes until cancelled, then what is left.</summary>
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

    /// <summary>One turn of the writer. False: the disk refuses, and what was taken is kept for the next turn.</summary>
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

    // About the file itself; what the disk refuses is said in the log.
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
        WriteTaken(); // what the disk refused the last time
        taken = queue.Drain(taken);
        WriteTaken();
    }

    private void WriteTaken()
    {
        while (taken.TryPeek(out var segment))
        {
            Write(segment);
            Interlocked.Add(ref queued, -segment.Records);
            Interlocked.Add(ref pending, -segment.Records);
            taken.Dequeue().Return();
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

    // Of what is on the disk. It counts only if a copy is out of this machine's reach: hence the log.
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
        if (problem is null && (now - lookedAt).Duration() < BetweenAttempts)
        {
            return true;
        }

        lookedAt = now;
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

    // Not longer than the next flush, head or attempt is due; while nothing is due, until something comes. What comes right
    // after a write waits for others.
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
            // Due.
        }
    }

    private void Finish()
    {
        flushedAt = headAt = lookedAt = checkpointAt = DateTimeOffset.MinValue;
        WriteQueued();
        Log.AuditReached(logger, file.Sequence, file.Hash);
    }

    private void Wake()
    {
        if (arrived.CurrentCount > 0)
        {
            return; // awake already
        }

        try
        {
            arrived.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another call was first.
        }
    }
}
