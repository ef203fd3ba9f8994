using Culvert.Jose.Json;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>
/// Finds the data of server-sent events while their bytes arrive (HTML Standard §9.2.6): an event may be larger than what
/// is held of it. The text of comments and other fields is dropped.
/// </summary>
internal sealed class EventLines
{
    private static ReadOnlySpan<byte> DataField => "data"u8;

    private LineState state = LineState.Name;
    private int matched; // of the field's name
    private bool hasCarriageReturn; // the last byte, so that an LF belongs to it
    private bool hasLines; // of data, in this event
    private bool isStart = true; // of the stream
    private int marks;

    private enum LineState
    {
        Name,
        Space, // after "data:"
        Data,
        Comment,
        Other,
    }

    /// <summary>Reads up to the next part of an event, and removes it from the bytes.</summary>
    /// <param name="data">For <see cref="EventPart.Data"/>: its next bytes.</param>
    public EventPart Read(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> data)
    {
        data = default;
        while (!bytes.IsEmpty)
        {
            if (SkipMark(ref bytes))
            {
                continue;
            }

            var first = bytes[0];
            if (hasCarriageReturn && first == '\n')
            {
                bytes = bytes[1..];
                hasCarriageReturn = false;
                continue;
            }

            hasCarriageReturn = false;
            if (first is (byte)'\r' or (byte)'\n')
            {
                hasCarriageReturn = first == '\r';
                bytes = bytes[1..];
                if (EndLine(out data) is var part && part != EventPart.None)
                {
                    return part;
                }

                continue;
            }

            if (state == LineState.Data || (state == LineState.Space && first != ' '))
            {
                state = LineState.Data;
                var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
                data = end < 0 ? bytes : bytes[..end];
                bytes = bytes[data.Length..];
                return EventPart.Data;
            }

            bytes = bytes[1..];
            if (ReadName(first, out data))
            {
                return EventPart.Data;
            }
        }

        return EventPart.None;
    }

    // The lines of an event's data are joined with line feeds.
    private bool ReadName(byte next, out ReadOnlySpan<byte> data)
    {
        data = default;
        if (state == LineState.Space)
        {
            state = LineState.Data;
            return false;
        }

        if (state == LineState.Name)
        {
            if (next == ':')
            {
                state =
                    matched == DataField.Length ? LineState.Space
                    : matched == 0 ? LineState.Comment
                    : LineState.Other;
                return state == LineState.Space && Join(out data);
            }

            if (matched < DataField.Length && next == DataField[matched])
            {
                matched++;
            }
            else
            {
                state = LineState.Other;
            }
        }

        return false;
    }

    private bool Join(out ReadOnlySpan<byte> data)
    {
        data = hasLines ? "\n"u8 : default;
        var isNext = hasLines;
        hasLines = true;
        return isNext;
    }

    private EventPart EndLine(out ReadOnlySpan<byte> data)
    {
        data = default;
        var isBlank = state == LineState.Name && matched == 0;
        var isComment = state == LineState.Comment;
        var isBareData = state == LineState.Name && matched == DataField.Length; // a field without a value
        (state, matched) = (LineState.Name, 0);
        if (isBlank)
        {
            hasLines = false;
            return EventPart.End;
        }

        return isBareData && Join(out data) ? EventPart.Data
            : isComment ? EventPart.Comment
            : EventPart.None;
    }

    // A byte-order mark at the start of the stream.
    private bool SkipMark(ref ReadOnlySpan<byte> bytes)
    {
        if (!isStart)
        {
            return false;
        }

        if (bytes[0] == Utf8Text.Mark[marks])
        {
            bytes = bytes[1..];
            isStart = ++marks < Utf8Text.Mark.Length;
            return true;
        }

        // Anything else after a part of a mark begins no field, so that its line is dropped.
        state = marks > 0 ? LineState.Other : state;
        isStart = false;
        return false;
    }
}

/// <summary>A part of a server-sent event.</summary>
internal enum EventPart
{
    None,
    Data,
    Comment,
    End,
}
