using System.Buffers;
using System.IO.Pipelines;
using Culvert.Jose.Json;

namespace Culvert.Platform.Events;

/// <summary>Reads the body of an MCP server's response, whole or event by event, within a size limit.</summary>
/// <param name="reserve">Reserves memory for further bytes; false: there is none. Null: without a reservation.</param>
public sealed class AnswerBody(PipeReader reader, int mostBytes, Func<int, bool>? reserve = null)
{
    private ArrayBufferWriter<byte> buffer = new();
    private bool isAtEnd;
    private bool isStream;

    /// <summary>True after more than the limit was received.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>True if a stream ended within an event, which is then dropped (HTML Standard §9.2.6).</summary>
    public bool IsUnfinished => isStream && isAtEnd && !IsTooLong && buffer.WrittenCount > 0;

    /// <summary>The first matching message: the body or one of its events. Empty: none, or too long.</summary>
    public async Task<ReadOnlyMemory<byte>> FindAsync(
        bool isEventStream,
        Func<ReadOnlyMemory<byte>, bool> isWanted,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(isWanted);
        if (!isEventStream)
        {
            var whole = await ReadAllAsync(cancellationToken);
            return !IsTooLong && isWanted(whole) ? whole : default;
        }

        while (await ReadEventAsync(cancellationToken) is { IsEmpty: false } data)
        {
            if (isWanted(data))
            {
                return data;
            }
        }

        return default;
    }

    /// <summary>
    /// The body, cut if too long, without byte-order mark (RFC 8259 §8.1), which clients do not see either.
    /// </summary>
    public async Task<ReadOnlyMemory<byte>> ReadAllAsync(CancellationToken cancellationToken)
    {
        while (!isAtEnd && !IsTooLong)
        {
            await ReadMoreAsync(cancellationToken);
        }

        return Utf8Text.WithoutMark(buffer.WrittenMemory);
    }

    /// <summary>The data of the next event that has any; empty at the end of the stream, or when it is too long.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadEventAsync(CancellationToken cancellationToken)
    {
        isStream = true;
        var mayBeComplete = true;
        while (true)
        {
            while (mayBeComplete && EventReader.GetFirstLength(buffer.WrittenSpan, isAtEnd) is > 0 and var length)
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

            // Without the end of a line there is no end of an event, so the search is skipped.
            mayBeComplete = await ReadMoreAsync(cancellationToken) || isAtEnd;
        }
    }

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
        var hasLineEnd = buffer.WrittenCount > 0 && buffer.WrittenSpan[^1] == (byte)'\r'; // whether an LF follows is known now
        foreach (var segment in read.Buffer)
        {
            hasLineEnd = hasLineEnd || segment.Span.ContainsAny((byte)'\r', (byte)'\n');
            buffer.Write(segment.Span);
            if (buffer.WrittenCount > mostBytes || reserve?.Invoke(segment.Length) == false)
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
