using System.Buffers.Binary;
using System.Text;

namespace Culvert.Testing.Dns;

/// <summary>
/// Writes messages byte by byte (RFC 1035 §4.1), so that the reader under test is judged by other code than its own.
/// </summary>
public static class DnsBytes
{
    private const int HeaderBytes = 12;

    public static byte[] Name(string name) =>
        [
            .. name.TrimEnd('.')
                .Split('.', StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.Latin1.GetBytes(label)]),
            0,
        ];

    public static byte[] Texts(params string[] strings) =>
        [.. strings.SelectMany(text => (byte[])[(byte)text.Length, .. Encoding.Latin1.GetBytes(text)])];

    public static byte[] Soa(string primary) => [.. Name(primary), .. Name("hostmaster.invalid"), .. new byte[20]];

    public static byte[] Caa(byte flags, string tag, string value) =>
        [flags, (byte)tag.Length, .. Encoding.Latin1.GetBytes(tag), .. Encoding.Latin1.GetBytes(value)];

    /// <summary>Owner, type, class IN, a life of a minute, data.</summary>
    public static byte[] Record(string name, ushort type, byte[] data) =>
        [.. Name(name), .. Number(type), .. Number(1), 0, 0, 0, 60, .. Number((ushort)data.Length), .. data];

    /// <summary>A reply to a query that ends with its question.</summary>
    public static byte[] Reply(
        byte[] query,
        IReadOnlyList<byte[]> answers,
        int code,
        bool authoritative,
        bool truncated,
        bool recursion = true
    )
    {
        var flags =
            0x8000
            | (recursion ? 0x0080 : 0)
            | (query[2] << 8 & 0x0100)
            | (authoritative ? 0x0400 : 0)
            | (truncated ? 0x0200 : 0)
            | code;
        byte[] reply =
        [
            .. query[..2],
            .. Number((ushort)flags),
            .. Number(1),
            .. Number((ushort)answers.Count),
            0,
            0,
            0,
            0,
            .. query[HeaderBytes..],
        ];
        return [.. reply, .. answers.SelectMany(record => record)];
    }

    /// <summary>What a query asks for, the name in lower case, and where the question ends.</summary>
    public static (string Name, ushort Type, int End) Question(byte[] query)
    {
        var (name, end) = ReadName(query, HeaderBytes);
        return (name.ToLowerInvariant(), BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(end)), end + 4);
    }

    /// <summary>A name that is written out, without pointers.</summary>
    public static (string Name, int End) ReadName(byte[] bytes, int at)
    {
        var labels = new List<string>();
        while (bytes[at] != 0)
        {
            labels.Add(Encoding.Latin1.GetString(bytes, at + 1, bytes[at]));
            at += bytes[at] + 1;
        }

        return (string.Join('.', labels), at + 1);
    }

    private static byte[] Number(ushort value) => [(byte)(value >> 8), (byte)value];
}
