using System.Buffers;
using System.IO.Pipelines;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>Reads the body of a route's response, whole or event by event, within a bound.</summary>
internal sealed class AnswerBody(PipeReader reader, int mostBytes)
{
    private ArrayBufferWriter<byte> buffer = new();
    private bool isAtEnd;

    /// <summary>True once more came than may be held.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>The whole body; what was read of it where it is too long.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAllAsync(CancellationToken cancellationToken)
    {
        while (!isAtEnd && !IsTooLong)
        {
            await ReadMoreAsync(cancellationToken);
        }

        return buffer.WrittenMemory;
    }

    /// <summary>The data of the next event that has any; empty at the end of the stream, or where it is too long.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadEventAsync(CancellationToken cancellationToken)
    {
        var mayBeComplete = true;
        while (true)
        {
            while (mayBeComplete && EventReader.GetFirstLength(buffer.WrittenSpan) is > 0 and var length)
            {
                var data = EventReader.GetData(buffer.WrittenMemory[..length]).ToArray();
                Remove(length);
                if (data.Length > 0)
                {
                    return data;
                }
            }

            if (isAtEnd || IsTooLong)
            {
                return default;
            }

            // Without the end of a line there is no end of an event, and no need to look for it.
            mayBeComplete = await ReadMoreAsync(cancellationToken);
        }
    }

    /// <summary>Reads what is left, and forgets it.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (!isAtEnd)
        {
            var read = await reader.ReadAsync(cancellationToken);
            reader.AdvanceTo(read.Buffer.End);
            isAtEnd = read.IsCompleted;
        }
    }

    private async Task<bool> ReadMoreAsync(CancellationToken cancellationToken)
    {
        var read = await reader.ReadAsync(cancellationToken);
        var hasLineEnd = false;
        foreach (var segment in read.Buffer)
        {
            hasLineEnd = hasLineEnd || segment.Span.ContainsAny((byte)'\r', (byte)'\n');
            buffer.Write(segment.Span);
            if (buffer.WrittenCount > mostBytes)
            {
                IsTooLong = true;
                break;
            }
        }

        reader.AdvanceTo(read.Buffer.End);
        isAtEnd = read.IsCompleted;
        return hasLineEnd;
    }

    private void Remove(int length)
    {
        var rest = buffer.WrittenSpan[length..];
        var next = new ArrayBufferWriter<byte>(Math.Max(rest.Length, 256));
        next.Write(rest);
        buffer = next;
    }
}
