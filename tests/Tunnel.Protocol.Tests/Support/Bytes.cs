using System.Buffers.Binary;

namespace Culvert.Tunnel.Protocol.Tests.Support;

/// <summary>Builds frames without the encoder under test, so that it is never its own only check.</summary>
internal static class Bytes
{
    public const byte Hello = 1;
    public const byte Open = 2;
    public const byte Data = 3;
    public const byte Window = 4;
    public const byte Fin = 5;
    public const byte Rst = 6;
    public const byte Ping = 7;
    public const byte Pong = 8;
    public const byte GoAway = 9;

    public static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    public static byte[] U16(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }

    public static byte[] U32(long value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)value);
        return bytes;
    }

    public static byte[] Frame(int type, long stream, params byte[] payload) =>
        [(byte)type, .. U32(stream), .. U32(payload.Length), .. payload];

    public static byte[] Header(int type, long stream, long length) => [(byte)type, .. U32(stream), .. U32(length)];

    public static byte[] Field(int type, params byte[] value) => [.. U16(type), .. U16(value.Length), .. value];

    public static byte[] HelloPayload(
        int version = 1,
        long window = 1024 * 1024,
        long maxStreams = 1024,
        string id = "peer"
    ) =>
        [
            .. Field(1, U16(version)),
            .. Field(3, U32(window)),
            .. Field(4, U32(maxStreams)),
            .. Field(5, System.Text.Encoding.UTF8.GetBytes(id)),
        ];

    public static byte[] OpenPayload(string name = "docs.example.test") =>
        [
            .. Field(1, System.Text.Encoding.ASCII.GetBytes(name)),
            .. Field(2, 127, 0, 0, 1, 0x1f, 0x90),
            .. Field(3, "c1"u8.ToArray()),
        ];
}
