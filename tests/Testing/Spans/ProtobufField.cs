using System.Buffers.Binary;

namespace Culvert.Testing.Spans;

/// <summary>A field of a message in protobuf's encoding: its number, and what it holds as bytes or as a number.</summary>
internal readonly record struct ProtobufField(int Number, ReadOnlyMemory<byte> Bytes, ulong Value)
{
    private const int Fixed64 = 1;
    private const int Length = 2;
    private const int Fixed32 = 5;

    public static List<ProtobufField> Of(ReadOnlyMemory<byte> message)
    {
        List<ProtobufField> fields = [];
        while (!message.IsEmpty)
        {
            var key = Varint(ref message);
            var number = (int)(key >> 3);
            switch ((int)(key & 7))
            {
                case Fixed64:
                    fields.Add(new(number, default, BinaryPrimitives.ReadUInt64LittleEndian(message.Span)));
                    message = message[8..];
                    break;
                case Fixed32:
                    fields.Add(new(number, default, BinaryPrimitives.ReadUInt32LittleEndian(message.Span)));
                    message = message[4..];
                    break;
                case Length:
                    var length = (int)Varint(ref message);
                    fields.Add(new(number, message[..length], 0));
                    message = message[length..];
                    break;
                default:
                    fields.Add(new(number, default, Varint(ref message)));
                    break;
            }
        }

        return fields;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> message)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = message.Span[0];
            message = message[1..];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }
}
