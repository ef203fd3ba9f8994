using System.Text.Unicode;
using Culvert.Machine.Client.Checkpoints;

namespace Culvert.Tunnel.Agent.Audit.Export;

/// <summary>Reads the records in order, over all files, while the agent writes them. It skips malformed lines.</summary>
internal sealed class RecordCursor(AuditFolder folder, long from) : IDisposable
{
    private const int FirstBufferBytes = 64 * 1024;
    private const int MaxLineBytes = 4 * 1024 * 1024;

    private byte[] buffer = new byte[FirstBufferBytes];
    private int start; // of the unread bytes
    private int end;
    private FileStream? stream;
    private bool isCurrent; // the open file is the current one
    private long first; // the first record of the open closed file; for the current file, that of the newest closed one
    private long? finished; // all files up to the one whose first record this is were read

    public long Next { get; private set; } = from;

    /// <summary>Records that the files no longer had when the cursor reached them.</summary>
    public long Missing { get; private set; }

    /// <summary>Reads the next records; returns none when there are no further ones at present.</summary>
    /// <param name="bytes">After so many bytes no further record is added.</param>
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

    // Unread bytes are read again the next time: a failed write is undone, and another one replaces it.
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
            next = closed[0]; // no file has the wanted record: continue with the oldest stored one
        }

        try
        {
            isCurrent = next.Path is null;
            first = isCurrent ? FindNewest(closed) : next.First;
            stream = AuditFolder.OpenRead(next.Path ?? folder.Current);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false; // not created yet, or removed concurrently
        }

        (start, end) = (0, 0);
        if (isCurrent && FindNewest(folder.AllClosed()) != first)
        {
            Close(first); // a rotation has renamed the file concurrently
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
            end = 0; // no record is as long: the rest of this line is malformed too
        }
        else if (end == buffer.Length)
        {
            Array.Resize(ref buffer, Math.Min(2 * buffer.Length, MaxLineBytes));
        }

        var read = stream!.Read(buffer, end, buffer.Length - end);
        end += read;
        return read > 0;
    }

    // The end of the current file is temporary; only a closed file is finished.
    private bool CloseIfFinished()
    {
        if (isCurrent && FindNewest(folder.AllClosed()) == first)
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

    private static long FindNewest(IReadOnlyList<(long First, string Path)> closed) =>
        closed.Count > 0 ? closed[^1].First : 0;
}
