using Culvert.Jose.Json;

namespace Culvert.Platform.Events;

/// <summary>Splits a stream of server-sent events into events (HTML Standard §9.2.5), byte for byte.</summary>
public static class EventReader
{
    private static ReadOnlySpan<byte> Data => "data"u8;

    /// <summary>
    /// The length of the first complete event with its blank line, else 0. Separate comment lines are complete at once,
    /// so that keep-alives do not wait.
    /// </summary>
    /// <param name="stream">The received bytes, from the end of the previous event.</param>
    /// <param name="isAtEnd">True: nothing follows, so a CR at the very end is not half of a CRLF.</param>
    public static int GetFirstLength(ReadOnlySpan<byte> stream, bool isAtEnd = false)
    {
        var (at, onlyComments) = (Utf8Text.FindStart(stream), true);
        while (TryReadLine(stream, at, out var line, out var next, isAtEnd))
        {
            if (line.IsEmpty)
            {
                return next;
            }

            if (line[0] != (byte)':')
            {
                onlyComments = false;
            }
            else if (onlyComments)
            {
                return next;
            }

            at = next;
        }

        return 0;
    }

    /// <summary>
    /// Whether a stream ends with a complete event. An LF may follow a final CR, which is therefore not an end. The tail
    /// has the last bytes, the newest in the lowest byte.
    /// </summary>
    public static bool IsEnd(uint tail)
    {
        var (last, second, third) = ((char)(tail & 0xFF), (char)((tail >> 8) & 0xFF), (char)((tail >> 16) & 0xFF));
        return last == '\n' && (second == '\n' || (second == '\r' && third is '\n' or '\r'));
    }

    /// <summary>The event's data, its lines joined (a single line is not copied); empty when it has none.</summary>
    public static ReadOnlyMemory<byte> GetData(ReadOnlyMemory<byte> whole)
    {
        ReadOnlyMemory<byte> single = default;
        MemoryStream? joined = null;
        var (at, lines) = (Utf8Text.FindStart(whole.Span), 0);
        while (TryReadLine(whole.Span, at, out var line, out var next))
        {
            if (TryReadData(line, out var offset))
            {
                var value = whole.Slice(at + offset, line.Length - offset);
                if (lines++ == 0)
                {
                    single = value;
                }
                else
                {
                    if (joined is null)
                    {
                        joined = new MemoryStream();
                        joined.Write(single.Span);
                    }

                    joined.WriteByte((byte)'\n');
                    joined.Write(value.Span);
                }
            }

            at = next;
        }

        return joined?.ToArray() ?? single;
    }

    /// <summary>The event with other data; without data, only the fields that keep the client's position.</summary>
    public static byte[] With(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> data)
    {
        var output = new MemoryStream();
        var hasId = false;
        for (var at = Utf8Text.FindStart(whole); TryReadLine(whole, at, out var line, out var next); at = next)
        {
            var isId = line.StartsWith("id"u8) && (line.Length == 2 || line[2] == (byte)':');
            hasId |= isId;
            if (!line.IsEmpty && !TryReadData(line, out _) && (data.Length > 0 || isId))
            {
                output.Write(line);
                output.WriteByte((byte)'\n');
            }
        }

        if (data.IsEmpty && !hasId)
        {
            return [];
        }

        // The data may contain line breaks, but only between JSON tokens, where they have no meaning.
        foreach (var range in data.Split((byte)'\n'))
        {
            output.Write("data: "u8);
            output.Write(data[range].TrimEnd((byte)'\r'));
            output.WriteByte((byte)'\n');
        }

        output.WriteByte((byte)'\n');
        return output.ToArray();
    }

    private static bool TryReadData(ReadOnlySpan<byte> line, out int offset)
    {
        offset = 0;
        if (!line.StartsWith(Data))
        {
            return false;
        }

        if (line.Length == Data.Length)
        {
            offset = line.Length;
            return true;
        }

        if (line[Data.Length] != (byte)':')
        {
            return false;
        }

        offset = Data.Length + 1;
        if (offset < line.Length && line[offset] == (byte)' ')
        {
            offset++;
        }

        return true;
    }

    // A line ends with LF, CR or both. A CR at the very end may be half of a CRLF, so the line is not complete.
    private static bool TryReadLine(
        ReadOnlySpan<byte> stream,
        int at,
        out ReadOnlySpan<byte> line,
        out int next,
        bool isAtEnd = false
    )
    {
        var rest = stream[at..];
        var end = rest.IndexOfAny((byte)'\r', (byte)'\n');
        line = default;
        next = at;
        var isLast = end + 1 == rest.Length;
        if (end < 0 || (rest[end] == (byte)'\r' && isLast && !isAtEnd))
        {
            return false;
        }

        line = rest[..end];
        next = at + end + (rest[end] == (byte)'\r' && !isLast && rest[end + 1] == (byte)'\n' ? 2 : 1);
        return true;
    }
}
