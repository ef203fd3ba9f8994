using Culvert.Tunnel.Protocol.Frames;

namespace Culvert.Tunnel.Protocol.Sending;

/// <summary>Repeatable control frames, one value each, so bounded (W5). Guarded by <c>Outbox.Gate</c>.</summary>
internal sealed class PendingControl
{
    private SendingHalf? creditHead; // streams with a WINDOW to send; order does not matter
    private ulong? ping;
    private ulong? pong;

    public bool Any => creditHead is not null || ping is not null || pong is not null;

    public void Ping(ulong opaque) => ping = opaque;

    public void Pong(ulong opaque) => pong = opaque;

    public void Window(SendingHalf stream, int credit)
    {
        if (stream.PendingWindow == 0)
        {
            stream.NextWithCredit = creditHead;
            creditHead = stream;
        }

        stream.PendingWindow += credit;
    }

    /// <summary>Encodes all of it: at most one frame of each kind per batch and stream.</summary>
    public void MoveTo(FrameBuffer buffer)
    {
        for (var stream = creditHead; stream is not null; )
        {
            FrameWriter.WriteWindow(
                buffer.Append(FrameWriter.WindowFrameBytes),
                stream.StreamId,
                (uint)stream.PendingWindow
            );
            stream.PendingWindow = 0;
            (stream, stream.NextWithCredit) = (stream.NextWithCredit, null);
        }

        creditHead = null;
        if (ping is { } asked)
        {
            FrameWriter.WritePing(buffer.Append(FrameWriter.PingFrameBytes), FrameType.Ping, asked);
            ping = null;
        }

        if (pong is { } answered)
        {
            FrameWriter.WritePing(buffer.Append(FrameWriter.PingFrameBytes), FrameType.Pong, answered);
            pong = null;
        }
    }
}
