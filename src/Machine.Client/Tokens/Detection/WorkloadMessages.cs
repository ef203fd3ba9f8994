using System.Buffers.Binary;
using System.Text;

namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>The two protobuf messages of FetchJWTSVID in gRPC framing (one byte "compressed", four bytes length).</summary>
internal static class WorkloadMessages
{
    public const int MaxAnswerBytes = 256 * 1024;

    private const int PrefixLength = 5;

    // JWTSVIDRequest.audience, JWTSVIDResponse.svids and JWTSVID.svid.
    private const int AudienceField = 1;
    private const int SvidsField = 1;
    private const int SvidField = 2;

    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;

    public static byte[] Request(string audience)
    {
        var text = Encoding.UTF8.GetBytes(audience);
        using var message = new MemoryStream();
        message.WriteByte((AudienceField << 3) | Bytes);
        for (var rest = (uint)text.Length; ; rest >>= 7)
        {
            if (rest < 0x80)
            {
                message.WriteByte((byte)rest);
                break;
            }

            message.WriteByte((byte)(rest | 0x80));
        }

        message.Write(text);
        var framed = new byte[PrefixLength + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)message.Length);
        message.ToArray().CopyTo(framed, PrefixLength);
        return framed;
    }

    /// <summary>The token of the first SVID, which is the workload's default identity; null when there is none.</summary>
    public static string? FirstToken(ReadOnlySpan<byte> framed)
    {
        if (framed.Length < PrefixLength || framed[0] != 0)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(framed[1..]);
        return
            length == framed.Length - PrefixLength
            && TryFind(framed[PrefixLength..], SvidsField, out var svid)
            && TryFind(svid, SvidField, out var token)
            ? Encoding.UTF8.GetString(token)
            : null;
    }

    // Finds the first length-delimited field of that number.
    private static bool TryFind(ReadOnlySpan<byte> message, int wanted, out ReadOnlySpan<byte> value)
    {
        value = default;
        while (!message.IsEmpty)
        {
            if (!TryReadVarint(ref message, out var tag))
            {
                return false;
            }

            var size = 0ul;
            switch (tag & 7)
            {
                case Varint when TryReadVarint(ref message, out _):
                    break;
                case Fixed64:
                    size = sizeof(ulong);
                    break;
                case Fixed32:
                    size = sizeof(uint);
                    break;
                case Bytes when TryReadVarint(ref message, out size):
                    break;
                default:
                    return false;
            }

            if (size > (ulong)message.Length)
            {
                return false;
            }

            if (tag == (((ulong)wanted << 3) | Bytes))
            {
                value = message[..(int)size];
                return true;
            }

            message = message[(int)size..];
        }

        return false;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> message, out ulong value)
    {
        value = 0;
        for (var (i, shift) = (0, 0); i < message.Length && shift < 64; i++, shift += 7)
        {
            value |= (ulong)(message[i] & 0x7f) << shift;
            if (message[i] < 0x80)
            {
                message = message[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
