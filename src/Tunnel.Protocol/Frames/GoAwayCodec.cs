using System.Buffers.Binary;
using System.Text;
using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Protocol.Frames;

/// <summary>GOAWAY's payload: u16 code, u32 drain in milliseconds, text of at most 256 bytes.</summary>
internal static class GoAwayCodec
{
    /// <summary><see cref="FrameReader"/> has checked the format; unknown codes are kept as numbers.</summary>
    public static PeerGoAway Read(uint lastStream, ReadOnlySpan<byte> payload) =>
        new(
            (ConnectionErrorCode)BinaryPrimitives.ReadUInt16BigEndian(payload),
            lastStream,
            TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32BigEndian(payload[2..])),
            Encoding.UTF8.GetString(payload[FrameReader.GoAwayFixedBytes..])
        );

    public static byte[] Frame(ConnectionErrorCode code, uint lastStream, TimeSpan drain, string text)
    {
        Span<byte> encoded = stackalloc byte[FrameReader.MaxGoAwayTextBytes];
        Encoding.UTF8.TryGetBytes(text, encoded, out var textBytes); // a text that does not fit is omitted
        var payload = FrameReader.GoAwayFixedBytes + textBytes;
        var frame = new byte[FrameReader.HeaderBytes + payload];
        FrameWriter.WriteHeader(frame, FrameType.GoAway, lastStream, payload);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(FrameReader.HeaderBytes), (ushort)code);
        BinaryPrimitives.WriteUInt32BigEndian(
            frame.AsSpan(FrameReader.HeaderBytes + 2),
            (uint)Math.Clamp(drain.TotalMilliseconds, 0, uint.MaxValue)
        );
        encoded[..textBytes].CopyTo(frame.AsSpan(FrameReader.HeaderBytes + FrameReader.GoAwayFixedBytes));
        return frame;
    }
}
