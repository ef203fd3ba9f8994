using System.Buffers.Binary;
using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Protocol.Frames;

/// <summary>Parses frames at the front of the received bytes. Checks their format, not the state.</summary>
internal static class FrameReader
{
    // 0        1                          5                    9
    // +--------+--------------------------+--------------------+=================+
    // | type   | stream id (u32)          | length (u32)       | payload         |
    // +--------+--------------------------+--------------------+=================+
    // Integers are big-endian; length counts the payload alone.

    /// <summary>Bytes before the payload: type (1) + stream id (4) + length (4).</summary>
    public const int HeaderBytes = 9;

    public const byte IgnorableBit = 0x80;
    public const int MaxHelloBytes = 1024;
    public const int MaxOpenBytes = 4096;
    public const int MaxGoAwayTextBytes = 256;

    /// <summary>u16 code + u32 drain in milliseconds, before the text.</summary>
    public const int GoAwayFixedBytes = 6;

    /// <summary>
    /// Reads one frame and moves <paramref name="input"/> past it. False if the frame is incomplete; its header is checked
    /// even then, so that the reader does not wait for a frame that it must refuse.
    /// </summary>
    /// <exception cref="MuxConnectionException">The frame is invalid.</exception>
    public static bool TryRead(ref ReadOnlySpan<byte> input, out Frame frame)
    {
        frame = default;
        if (input.Length < HeaderBytes)
        {
            return false;
        }

        var type = (FrameType)input[0];
        var stream = BinaryPrimitives.ReadUInt32BigEndian(input[1..]);
        var length = BinaryPrimitives.ReadUInt32BigEndian(input[5..]);
        CheckLength(type, length);
        CheckStream(type, stream);
        if ((uint)(input.Length - HeaderBytes) < length)
        {
            return false;
        }

        frame = new Frame(type, stream, input.Slice(HeaderBytes, (int)length));
        input = input[(HeaderBytes + (int)length)..];
        return true;
    }

    private static void CheckLength(FrameType type, uint length)
    {
        var fits = type switch
        {
            FrameType.Data => length is >= 1 and <= TunnelProtocol.MaxDataBytes,
            FrameType.Window => length == 4,
            FrameType.Fin => length == 0,
            FrameType.Rst => length == 2,
            FrameType.Ping or FrameType.Pong => length == 8,
            FrameType.Hello => length <= MaxHelloBytes,
            FrameType.Open => length <= MaxOpenBytes,
            FrameType.GoAway => length is >= GoAwayFixedBytes and <= GoAwayFixedBytes + MaxGoAwayTextBytes,
            _ when ((byte)type & IgnorableBit) != 0 => length <= TunnelProtocol.MaxDataBytes,
            _ => throw new MuxConnectionException(
                ConnectionErrorCode.Protocol,
                $"Frame type 0x{(byte)type:x2} is unknown."
            ),
        };
        if (!fits)
        {
            throw new MuxConnectionException(
                ConnectionErrorCode.FrameSize,
                $"A frame of type 0x{(byte)type:x2} cannot have {length} bytes."
            );
        }
    }

    private static void CheckStream(FrameType type, uint stream)
    {
        var fits = type switch
        {
            FrameType.Hello or FrameType.Ping or FrameType.Pong => stream == 0,
            FrameType.Open or FrameType.Data or FrameType.Window or FrameType.Fin or FrameType.Rst => stream != 0,
            _ => true, // GOAWAY carries a stream number or 0; extensions decide for themselves
        };
        if (!fits)
        {
            throw new MuxConnectionException(
                ConnectionErrorCode.Protocol,
                $"A frame of type 0x{(byte)type:x2} cannot be on stream {stream}."
            );
        }
    }
}
