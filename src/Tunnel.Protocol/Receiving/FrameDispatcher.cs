using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Lifetime;
using Culvert.Tunnel.Protocol.Liveness;
using Culvert.Tunnel.Protocol.Sending;
using Culvert.Tunnel.Protocol.Streams;

namespace Culvert.Tunnel.Protocol.Receiving;

/// <summary>Passes each received frame to the object that handles it.</summary>
/// <param name="outbox">Its gate guards the state that frames change.</param>
/// <param name="onGoAway">Handles GOAWAY, which concerns all streams.</param>
internal sealed class FrameDispatcher(
    Outbox outbox,
    StreamTable table,
    StreamAdmission admission,
    ConnectionLife life,
    Heartbeat heartbeat,
    Action<PeerGoAway> onGoAway
)
{
    private readonly List<MuxStream> toWake = [];

    /// <summary>Handles complete frames and returns their total length. Call <see cref="Wake"/> afterwards.</summary>
    /// <exception cref="MuxConnectionException">The peer broke the protocol.</exception>
    public int Process(ReadOnlySpan<byte> received)
    {
        var rest = received;
        while (FrameReader.TryRead(ref rest, out var frame))
        {
            Handle(frame);
        }

        return received.Length - rest.Length;
    }

    public void Wake()
    {
        foreach (var stream in toWake)
        {
            stream.IsNotedToWake = false;
            stream.Wake();
        }

        toWake.Clear();
    }

    private void Handle(Frame frame)
    {
        if (life.Hello is null && frame.Type != FrameType.Hello)
        {
            throw new MuxConnectionException(ConnectionErrorCode.Protocol, "The first frame is not HELLO.");
        }

        switch (frame.Type)
        {
            case FrameType.Data:
                OnData(frame);
                break;
            case FrameType.Window:
                OnWindow(frame);
                break;
            case FrameType.Open:
                admission.OnOpen(frame);
                break;
            case FrameType.Fin:
                if (TryGetStream(frame, out var finished))
                {
                    finished.OnFin();
                }

                break;
            case FrameType.Rst:
                if (TryGetStream(frame, out var reset))
                {
                    reset.OnRst((StreamErrorCode)BinaryPrimitives.ReadUInt16BigEndian(frame.Payload));
                }

                break;
            case FrameType.Ping:
                heartbeat.OnPing(BinaryPrimitives.ReadUInt64BigEndian(frame.Payload));
                break;
            case FrameType.Pong:
                heartbeat.OnPong(BinaryPrimitives.ReadUInt64BigEndian(frame.Payload));
                break;
            case FrameType.Hello:
                life.OnHello(HelloCodec.Read(frame.Payload));
                break;
            case FrameType.GoAway:
                onGoAway(GoAwayCodec.Read(frame.Stream, frame.Payload));
                break;
            default: // an extension: FrameReader accepts no other type
                break;
        }
    }

    private void OnData(Frame frame)
    {
        if (TryGetStream(frame, out var stream) && stream.OnData(frame.Payload) && !stream.IsNotedToWake)
        {
            stream.IsNotedToWake = true;
            toWake.Add(stream);
        }
    }

    private void OnWindow(Frame frame)
    {
        var credit = BinaryPrimitives.ReadUInt32BigEndian(frame.Payload);
        if (credit == 0)
        {
            throw new MuxConnectionException(ConnectionErrorCode.FlowControl, "WINDOW has a credit of zero.");
        }

        if (TryGetStream(frame, out var stream))
        {
            stream.OnWindow(credit);
        }
    }

    /// <summary>False for a closed stream if the frame may still arrive for it.</summary>
    /// <exception cref="MuxConnectionException">The stream was never opened, or the peer had ended it (W9, W11).</exception>
    private bool TryGetStream(Frame frame, [NotNullWhen(true)] out MuxStream? stream)
    {
        if (table.TryGet(frame.Stream, out stream))
        {
            return true;
        }

        lock (outbox.Gate)
        {
            if (!admission.WasOpened_NeedsLock(frame.Stream))
            {
                throw new MuxConnectionException(
                    ConnectionErrorCode.Protocol,
                    $"{frame.Type} arrived on stream {frame.Stream}, which was never opened."
                );
            }

            table.CheckClosed_NeedsLock(frame.Stream, frame.Type);
            return false;
        }
    }
}
