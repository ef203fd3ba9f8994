using System.Buffers;
using Culvert.Machine.Client.Checkpoints;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>
/// The file that grows. One writer: the process that opens it. A line that a crash left half-written is cut off at the
/// next start; a write that fails leaves the file as it was.
/// </summary>
internal sealed class AuditFile : IDisposable
{
    private const int TailBytes = 4 * 1024 * 1024;

    private readonly AuditFolder folder;
    private FileStream stream;
    private AuditHead? written;
    private long currentFirst; // the record that the current file begins with

    private AuditFile(AuditFolder folder, AuditSettings settings, FileStream stream)
    {
        this.folder = folder;
        Settings = settings;
        this.stream = stream;
    }

    /// <summary>When it rotates, and what it keeps then; the writer's to change.</summary>
    public AuditSettings Settings { get; set; }

    /// <summary>Of the newest record.</summary>
    public long Sequence { get; private set; }

    /// <summary>Of the newest record.</summary>
    public string Hash { get; private set; } = CallRecordLine.Start;

    /// <summary>The oldest record that is kept.</summary>
    public long First { get; private set; } = 1;

    /// <summary>What the last start cut off.</summary>
    public long RepairedBytes { get; private set; }

    /// <summary>There are records, and nothing that says how far they should reach.</summary>
    public bool IsHeadMissing { get; private set; }

    /// <summary>Records that the head knows of and the files lack: they were removed.</summary>
    public long MissingRecords { get; private set; }

    /// <exception cref="IOException">It cannot be opened.</exception>
    public static AuditFile Open(AuditFolder folder, AuditSettings settings)
    {
        Directory.CreateDirectory(folder.Folder, PrivateFile.FolderMode);
        var file = new AuditFile(folder, settings, OpenStream(folder.Current));
        try
        {
            file.Resume();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Appends whole lines. They are with the system then; on the disk after <see cref="Flush"/>.</summary>
    /// <exception cref="IOException">The disk refuses: nothing was appended.</exception>
    public void Append(ReadOnlySpan<byte> lines, long sequence, string hash)
    {
        EnsureOpen();
        var length = stream.Length;
        try
        {
            stream.Write(lines);
        }
        catch (IOException)
        {
            stream.SetLength(length);
            stream.Position = length;
            throw;
        }

        (Sequence, Hash) = (sequence, hash);
    }

    /// <exception cref="IOException">The disk refuses.</exception>
    public void Flush() => stream.Flush(flushToDisk: true);

    /// <summary>Writes down how far the records reach. Call after <see cref="Flush"/>.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void WriteHead()
    {
        var head = new AuditHead(First, Sequence, Hash);
        if (head != written)
        {
            head.Write(folder.Head);
            written = head;
        }
    }

    /// <summary>Begins a new file if this one is large enough, and removes those that are no longer kept.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public bool RotateIfDue()
    {
        EnsureOpen();
        if (stream.Length < Settings.RotateBytes)
        {
            return false;
        }

        Flush();
        WriteHead();
        stream.Dispose();
        try
        {
            File.Move(folder.Current, folder.Closed(currentFirst));
            currentFirst = Sequence + 1;
        }
        finally
        {
            EnsureOpen();
        }

        RemoveOldest();
        WriteHead();
        return true;
    }

    public void Dispose() => stream.Dispose();

    // A rotation that could not open the next file leaves none open: the next turn tries again.
    private void EnsureOpen()
    {
        if (!stream.CanWrite)
        {
            stream = OpenStream(folder.Current);
            stream.Position = stream.Length;
        }
    }

    private void RemoveOldest()
    {
        var closed = folder.AllClosed();
        var gone = closed.Count - Settings.Keep;
        if (gone <= 0)
        {
            return;
        }

        First = gone < closed.Count ? closed[gone].First : currentFirst;

        // The head says first what is to be missing: a crash in between leaves a file too many, never an alarm.
        WriteHead();
        foreach (var (_, path) in closed.Take(gone))
        {
            File.Delete(path);
        }
    }

    private void Resume()
    {
        var closed = folder.AllClosed();
        written = AuditHead.Read(folder.Head);
        First = written?.First ?? (closed.Count > 0 ? closed[0].First : 1);
        if (closed.Count > 0)
        {
            using var last = new FileStream(closed[^1].Path, FileMode.Open, FileAccess.Read, FileShare.Read);
            ReadTail(last, out _);
        }

        currentFirst = Sequence + 1;
        RepairedBytes = stream.Length - ReadTail(stream, out var isEmpty);
        if (RepairedBytes > 0)
        {
            stream.SetLength(stream.Length - RepairedBytes);
        }

        stream.Position = stream.Length;
        if (!isEmpty)
        {
            currentFirst = ReadFirstSequence(stream);
            stream.Position = stream.Length;
        }

        IsHeadMissing = written is null && Sequence > 0;
        if (written is null && Sequence == 0)
        {
            WriteHead();
        }

        if (written is { } head && head.Sequence > Sequence)
        {
            MissingRecords = head.Sequence - Sequence;
            (Sequence, Hash) = (head.Sequence, head.Hash);
        }
    }

    // Takes over the newest record; returns where whole lines end.
    private long ReadTail(FileStream file, out bool isEmpty)
    {
        isEmpty = true;
        var size = (int)Math.Min(file.Length, TailBytes);
        var buffer = new byte[size];
        file.Position = file.Length - size;
        file.ReadExactly(buffer);
        var end = buffer.AsSpan().LastIndexOf((byte)'\n');
        if (end < 0)
        {
            return file.Length - size;
        }

        isEmpty = false;
        var line = buffer.AsSpan(0, end);
        line = line[(line.LastIndexOf((byte)'\n') + 1)..];
        if (CallRecordLine.Read(line) is var (sequence, _, hash, _) && sequence > Sequence)
        {
            (Sequence, Hash) = (sequence, hash);
        }

        return file.Length - size + end + 1;
    }

    private static long ReadFirstSequence(FileStream file)
    {
        file.Position = 0;
        var buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            var read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            var line = buffer.AsSpan(0, read);
            var end = line.IndexOf((byte)'\n');
            return end > 0 && CallRecordLine.Read(line[..end]) is { Sequence: var sequence } ? sequence : 1;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static FileStream OpenStream(string path) =>
        new(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.Read,
                BufferSize = 0,
                UnixCreateMode = PrivateFile.Mode,
            }
        );
}
