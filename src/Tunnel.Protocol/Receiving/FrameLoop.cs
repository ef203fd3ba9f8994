using System.Buffers;
using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Protocol.Receiving;

/// <summary>Reads the transport until it closes. Holds a buffer only while bytes arrive.</summary>
internal sealed class FrameLoop(Stream transport, TimeProvider time, IFrameSink sink)
{
    private const int ReadBufferBytes = 32 * 1024; // the largest frame (16,393 bytes) and one TLS record

    /// <summary>After a read of this size more data is likely, so readers are not woken until none is available.</summary>
    private const int BulkBytes = 8 * 1024;

    /// <summary>Most bytes between two wake-ups of readers.</summary>
    private const int MostBeforeWaking = 128 * 1024;

    /// <summary>Most bytes without yielding the thread: about a millisecond's worth.</summary>
    private const int MostBeforeYielding = 512 * 1024;

    /// <summary>After a wait of this length the next read probably waits long too, so it holds no buffer.</summary>
    private static readonly TimeSpan IdleRead = TimeSpan.FromMilliseconds(100);

    private byte[] buffer = [];
    private int start;
    private int end;
    private long lastReceived = time.GetTimestamp();
    private long bytesReceived;

    public long BytesReceived => Interlocked.Read(ref bytesReceived);

    /// <summary>When the latest byte arrived, or when the connection started.</summary>
    public long LastReceived => Interlocked.Read(ref lastReceived);

    /// <summary>Completes when the transport has closed; never throws. After a violation it only discards bytes.</summary>
    public async Task RunAsync()
    {
        try
        {
            await ReadToEndAsync();
            sink.OnTransportEnd("the peer closed the connection");
        }
        catch (MuxConnectionException e)
        {
            sink.OnViolation(e);
            await ReadAwayAsync();
        }
        catch (Exception e) // the loop's root: any exception of the transport closes the connection
        {
            sink.OnTransportEnd(e.Message);
        }
        finally
        {
            ReturnBuffer();
        }
    }

    private async Task ReadToEndAsync()
    {
        try
        {
            await ReadAsync();
        }
        finally
        {
            sink.Wake(); // before the close is announced
        }
    }

    private async Task ReadAsync()
    {
        var idle = true;
        var handled = 0; // since readers were last woken
        var unbroken = 0; // since this loop last waited
        while (true)
        {
            if (start == end)
            {
                start = end = 0;
                if (idle)
                {
                    ReturnBuffer();
                    _ = await transport.ReadAsync(Memory<byte>.Empty); // waits without holding a buffer
                }
            }
            else if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                end -= start;
                start = 0;
            }

            if (buffer.Length == 0)
            {
                buffer = ArrayPool<byte>.Shared.Rent(ReadBufferBytes);
            }

            var reading = transport.ReadAsync(buffer.AsMemory(end));
            if (!reading.IsCompleted)
            {
                unbroken = 0;
                if (handled > 0)
                {
                    sink.Wake();
                    handled = 0;
                }
            }

            var read = await reading;
            if (read == 0)
            {
                return;
            }

            idle = NoteReceived(read) > IdleRead;
            end += read;
            start += sink.Process(buffer.AsSpan(start, end - start));
            handled += read;
            unbroken += read;
            if (idle || read < BulkBytes || handled >= MostBeforeWaking)
            {
                sink.Wake();
                handled = 0;
                if (unbroken >= MostBeforeYielding)
                {
                    unbroken = 0;
                    await ThreadPoolYield.Next;
                }
            }
        }
    }

    private async Task ReadAwayAsync()
    {
        var scratch = new byte[4096];
        try
        {
            while (await transport.ReadAsync(scratch) > 0) { }
        }
        catch (Exception) // the connection is closed already
        {
            // Nothing to report.
        }
    }

    private TimeSpan NoteReceived(int bytes)
    {
        Interlocked.Add(ref bytesReceived, bytes);
        var now = time.GetTimestamp();
        return time.GetElapsedTime(Interlocked.Exchange(ref lastReceived, now), now);
    }

    private void ReturnBuffer()
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
        }
    }
}
