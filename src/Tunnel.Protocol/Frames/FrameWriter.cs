using System.Buffers.Binary;
using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Protocol.Frames;

/// <summary>Encodes headers and fixed payloads; the diagram is in <see cref="FrameReader"/>.</summary>
internal static class FrameWriter
{
    public const int WindowFrameBytes = FrameReader.HeaderBytes + 4; // + u32 credit
    public const int RstFrameBytes = FrameReader.HeaderBytes + 2; // + u16 code
    public const int FinFrameBytes = FrameReader.HeaderBytes;
    public const int PingFrameBytes = FrameReader.HeaderBytes + 8; // + opaque bytes

    public static void WriteHeader(Span<byte> target, FrameType type, uint stream, int length)
    {
        target[0] = (byte)type;
        BinaryPrimitives.WriteUInt32BigEndian(target[1..], stream);
        BinaryPrimitives.WriteUInt32BigEndian(target[5..], (uint)length);
    }

    public static void WriteWindow(Span<byte> target, uint stream, uint credit)
    {
        WriteHeader(target, FrameType.Window, stream, 4);
        BinaryPrimitives.WriteUInt32BigEndian(target[FrameReader.HeaderBytes..], credit);
    }

    public static void WriteRst(Span<byte> target, uint stream, StreamErrorCode code)
    {
        WriteHeader(target, FrameType.Rst, stream, 2);
        BinaryPrimitives.WriteUInt16BigEndian(target[FrameReader.HeaderBytes..], (ushort)code);
    }

    public static void WritePing(Span<byte> target, FrameType type, ulong opaque)
    {
        WriteHeader(target, type, 0, 8);
        BinaryPrimitives.WriteUInt64BigEndian(target[FrameReader.HeaderBytes..], opaque);
    }
}
