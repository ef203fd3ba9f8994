using System.Text.Unicode;
using Culvert.Machine.Client.Checkpoints;

namespace Culvert.Tunnel.Agent.Audit.Export;

/// <summary>
/// Reads the records of a trail in their order, from one number on, over all its files, while the agent writes them and
/// closes files. Incomplete and unreadable lines are passed over.
/// </summary>
/// <param name="folder">Where the files are.</param>
/// <param name="from">The first record that is wanted.</param>
internal sealed class RecordCursor(AuditFolder folder, long from) : IDisposable
{
    private const int FirstBufferBytes = 64 * 1024;
    private const int MaxLineBytes = 4 * 1024 * 1024;

    private byte[] buffer = new byte[FirstBufferBytes];
    private int start; // of what was not taken yet
    private int end;
    private FileStream? stream;
    private bool isCurrent; // the open file is the one that grows
    private long first; // the record that the open closed file begins with; of the current file, the newest closed one's
    private long? finished; // all files up to the one that begins with this record were read

    /// <summary>The record that is read next, if the files have it.</summary>
    public long Next { get; private set; } = from;

    /// <summary>Records that the files no longer had when it was their turn.</summary>
    public long Missing { get; private set; }

    /// <summary>The next records; none: there are no further ones at present.</summary>
    /// <param name="count">The largest number of records.</param>
    /// <param name="bytes">After so many bytes no further record is added.</param>
    /// <param name="last">No record above it is read.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public IReadOnlyList<RecordLine> Read(int count, long bytes, long last = long.MaxValue)
    {
        var lines = new List<RecordLine>();
        for (
            long length = 0;
            lines.Count < count && length < bytes && ReadOne(last) is { } line;
            length += line.Json.Length
        )
        {
            lines.Add(line);
        }

        Rewind();
        return lines;
    }

    public void Dispose() => stream?.Dispose();

    private RecordLine? ReadOne(long last)
    {
        while (Next <= last)
        {
            if (stream is null && !Open())
            {
                return null;
            }

            if (buffer.AsSpan(start, end - start).IndexOf((byte)'\n') is var length and >= 0)
            {
                var line = buffer.AsSpan(start, length);
                var read = Utf8.IsValid(line) ? CallRecordLine.Read(line) : null;
                if (read is { } record && record.Sequence > last)
                {
                    return null;
                }

                start += length + 1;
                if (read is { } next && next.Sequence >= Next)
                {
                    Missing += next.Sequence - Next;
                    Next = next.Sequence + 1;
                    return new RecordLine(next.Sequence, next.Hash, line.ToArray());
                }
            }
            else if (!Fill() && !CloseIfFinished())
            {
                return null;
            }
        }

        return null;
    }

    // What was not taken is read again the next time: a write that the disk refused is undone, and another one is in its place.
    private void Rewind()
    {
        if (stream is not null)
        {
            stream.Position -= end - start;
            (start, end) = (0, 0);
        }
    }

    // False: there is no file to read.
    private bool Open()
    {
        var closed = folder.AllClosed();
        var next = finished is { } done
            ? closed.FirstOrDefault(file => file.First > done)
            : closed.LastOrDefault(file => file.First <= Next);
        if (next.Path is null && finished is null && closed.Count > 0)
        {
            next = closed[0]; // the wanted record is in none: the oldest that is kept follows it
        }

        try
        {
            isCurrent = next.Path is null;
            first = isCurrent ? NewestOf(closed) : next.First;
            stream = AuditFolder.OpenRead(next.Path ?? folder.Current);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false; // not there yet, or removed in the meantime
        }

        (start, end) = (0, 0);
        if (isCurrent && NewestOf(folder.AllClosed()) != first)
        {
            Close(first); // another file took the name in between
            return Open();
        }

        return true;
    }

    private bool Fill()
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
        if (end == MaxLineBytes)
        {
            end = 0; // no record is as long: the rest of this line is not readable either
        }
        else if (end == buffer.Length)
        {
            Array.Resize(ref buffer, Math.Min(2 * buffer.Length, MaxLineBytes));
        }

        var read = stream!.Read(buffer, end, buffer.Length - end);
        end += read;
        return read > 0;
    }

    // The current file ends for now; it is finished once it was closed.
    private bool CloseIfFinished()
    {
        if (isCurrent && NewestOf(folder.AllClosed()) == first)
        {
            return false;
        }

        Close(first);
        return true;
    }

    private void Close(long done)
    {
        stream!.Dispose();
        (stream, finished) = (null, done);
    }

    private static long NewestOf(IReadOnlyList<(long First, string Path)> closed) =>
        closed.Count > 0 ? closed[^1].First : 0;
}
