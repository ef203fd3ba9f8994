using System.Buffers.Binary;
using System.Text;

namespace Culvert.Tunnel.Protocol.Frames;

/// <summary>Writes consecutive fields; the caller has computed the space with <see cref="GetSize"/>.</summary>
internal ref struct TlvWriter(Span<byte> target)
{
    private readonly Span<byte> target = target;

    public int Written { get; private set; }

    /// <summary>u16 type + u16 length + value.</summary>
    public static int GetSize(int valueBytes) => 4 + valueBytes;

    public Span<byte> Field(ushort type, int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(target[Written..], type);
        BinaryPrimitives.WriteUInt16BigEndian(target[(Written + 2)..], (ushort)length);
        var value = target.Slice(Written + 4, length);
        Written += 4 + length;
        return value;
    }

    public void UInt16(ushort type, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Field(type, 2), value);

    public void UInt32(ushort type, uint value) => BinaryPrimitives.WriteUInt32BigEndian(Field(type, 4), value);

    public void Text(ushort type, string value) =>
        Encoding.UTF8.GetBytes(value, Field(type, Encoding.UTF8.GetByteCount(value)));
}
