using System.Buffers;
using Culvert.Machine.Client.Checkpoints;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>
/// The current file of the trail. Only the process that opens it writes it. The next start cuts off a line that a crash
/// left incomplete; a write that fails leaves the file unchanged.
/// </summary>
internal sealed class AuditFile : IDisposable
{
    private const int TailBytes = 4 * 1024 * 1024;

    private readonly AuditFolder folder;
    private FileStream stream;
    private AuditHead? written;
    private long currentFirst; // the first record of the current file

    private AuditFile(AuditFolder folder, AuditSettings settings, FileStream stream)
    {
        this.folder = folder;
        Settings = settings;
        this.stream = stream;
    }

    /// <summary>Limits of rotation; only the writer changes them.</summary>
    public AuditSettings Settings { get; set; }

    public long Sequence { get; private set; }

    public string Hash { get; private set; } = CallRecordLine.Start;

    /// <summary>The oldest stored record.</summary>
    public long First { get; private set; } = 1;

    /// <summary>The bytes that the last start cut off.</summary>
    public long RepairedBytes { get; private set; }

    /// <summary>True when there are records but no head, which states the newest record.</summary>
    public bool IsHeadMissing { get; private set; }

    /// <summary>Records that the head covers and that were removed from the files.</summary>
    public long MissingRecords { get; private set; }

    /// <exception cref="IOException">The file cannot be opened.</exception>
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

    /// <summary>Appends whole lines to the file; they are on the disk after <see cref="Flush"/>.</summary>
    /// <exception cref="IOException">The write failed: nothing was appended.</exception>
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

    public void Flush() => stream.Flush(flushToDisk: true);

    /// <summary>Stores the number and hash of the newest record. Call after <see cref="Flush"/>.</summary>
    public void WriteHead()
    {
        var head = new AuditHead(First, Sequence, Hash);
        if (head != written)
        {
            head.Write(folder.Head);
            written = head;
        }
    }

    /// <summary>Starts a new file if this one is large enough, and removes the files above the limit.</summary>
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

    // A rotation that could not open the next file leaves none open; the next write tries again.
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

        // The head is written first: a crash before the deletion leaves a file too many, not an alarm about missing records.
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

    // Reads the newest record; returns the offset behind the last whole line.
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
