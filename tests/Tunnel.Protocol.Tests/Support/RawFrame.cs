using System.Buffers.Binary;

namespace Culvert.Tunnel.Protocol.Tests.Support;

internal sealed record RawFrame(byte Type, uint Stream, byte[] Payload)
{
    /// <summary>Of RST and GOAWAY.</summary>
    public int Code => BinaryPrimitives.ReadUInt16BigEndian(Payload);

    /// <summary>Of WINDOW.</summary>
    public uint Credit => BinaryPrimitives.ReadUInt32BigEndian(Payload);
}
