using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;

namespace Culvert.Platform.Dns;

/// <summary>Reads the records of a message. Every method returns whether the bytes were available.</summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message, int at)
{
    private const int PointerBits = 0xC0;
    private const int MaxWireName = 255; // RFC 1035 §2.3.4
    private const ushort Internet = 1;
    private const int SoaNumbers = 20;

    private readonly ReadOnlySpan<byte> message = message;

    public int At { get; private set; } = at;

    public bool TrySkip(int count)
    {
        if (message.Length - At < count)
        {
            return false;
        }

        At += count;
        return true;
    }

    public bool TrySkipName(out bool compressed)
    {
        var start = At;
        compressed = false;
        if (!TryReadName(out _))
        {
            return false;
        }

        // A pointer may end in a zero by chance, like an uncompressed name, so each label is checked.
        for (var i = start; i < At; i += message[i] + 1)
        {
            if ((message[i] & PointerBits) != 0)
            {
                compressed = true;
                return true;
            }
        }

        return true;
    }

    /// <summary>Reads one record; null for an unsupported type or class.</summary>
    public bool TryReadRecord(out DnsRecord? record)
    {
        record = null;
        if (!TryReadName(out var owner) || message.Length - At < 10)
        {
            return false;
        }

        var head = message[At..];
        var type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(head);
        var kind = BinaryPrimitives.ReadUInt16BigEndian(head[2..]);
        var life = BinaryPrimitives.ReadUInt32BigEndian(head[4..]);
        var length = BinaryPrimitives.ReadUInt16BigEndian(head[8..]);
        At += 10;
        if (message.Length - At < length)
        {
            return false;
        }

        var end = At + length;
        if (kind == Internet && Enum.IsDefined(type))
        {
            // RFC 2181 §8: a TTL with the top bit set counts as zero.
            var seconds = life > int.MaxValue ? 0 : life;
            record = ReadData(type, owner, TimeSpan.FromSeconds(seconds), end);
            return record is not null && At == end;
        }

        At = end;
        return true;
    }

    private DnsRecord? ReadData(DnsRecordType type, string owner, TimeSpan life, int end)
    {
        switch (type)
        {
            case DnsRecordType.A when end - At == 4:
            case DnsRecordType.Aaaa when end - At == 16:
                var address = new IPAddress(message[At..end]);
                At = end;
                return new AddressRecord(address) { Owner = owner, TimeToLive = life };
            case DnsRecordType.Ns or DnsRecordType.Cname:
                return TryReadName(out var target)
                    ? new NameRecord(type, target) { Owner = owner, TimeToLive = life }
                    : null;
            case DnsRecordType.Soa:
                return TryReadName(out var primary) && TryReadName(out _) && TrySkip(SoaNumbers)
                    ? new NameRecord(type, primary) { Owner = owner, TimeToLive = life }
                    : null;
            case DnsRecordType.Txt:
                return ReadTexts(end) is { } text ? new TextRecord(text) { Owner = owner, TimeToLive = life } : null;
            case DnsRecordType.Caa:
                return ReadCaa(owner, life, end);
            default:
                return null;
        }
    }

    // RFC 1035 §3.3.14: one or more strings, each with its length before it.
    private string? ReadTexts(int end)
    {
        var text = new StringBuilder();
        if (At == end)
        {
            return null;
        }

        while (At < end)
        {
            var length = message[At++];
            if (end - At < length)
            {
                return null;
            }

            text.Append(Encoding.Latin1.GetString(message.Slice(At, length)));
            At += length;
        }

        return text.ToString();
    }

    // RFC 8659 §4.1: flags, length of the tag, the tag (letters and digits), the value.
    private CaaRecord? ReadCaa(string owner, TimeSpan life, int end)
    {
        const int Critical = 0x80;
        if (end - At < 2)
        {
            return null;
        }

        var flags = message[At];
        var tagLength = message[At + 1];
        At += 2;
        if (tagLength == 0 || end - At < tagLength)
        {
            return null;
        }

        var tag = Encoding.Latin1.GetString(message.Slice(At, tagLength));
        At += tagLength;
        var value = Encoding.Latin1.GetString(message[At..end]);
        At = end;
        return tag.All(char.IsAsciiLetterOrDigit)
            ? new CaaRecord((flags & Critical) != 0, tag.ToLowerInvariant(), value) { Owner = owner, TimeToLive = life }
            : null;
    }

    /// <summary>Reads a name in lower case. A pointer (RFC 1035 §4.1.4) must lead backwards, to prevent loops.</summary>
    private bool TryReadName([NotNullWhen(true)] out string? name)
    {
        name = null;
        var text = new StringBuilder();
        var position = At;
        var bound = At;
        var wire = 1;
        int? end = null;
        while (true)
        {
            if (position >= message.Length)
            {
                return false;
            }

            var length = message[position];
            if (length == 0)
            {
                At = end ?? position + 1;
                name = text.ToString();
                return true;
            }

            if ((length & PointerBits) == PointerBits)
            {
                if (position + 1 >= message.Length)
                {
                    return false;
                }

                end ??= position + 2;
                position = ((length & ~PointerBits) << 8) | message[position + 1];
                if (position >= bound || position < DnsMessage.HeaderBytes)
                {
                    return false;
                }

                bound = position;
                continue;
            }

            wire += length + 1;
            if ((length & PointerBits) != 0 || wire > MaxWireName || message.Length - position <= length)
            {
                return false;
            }

            AppendLabel(text, message.Slice(position + 1, length));
            position += length + 1;
        }
    }

    private static void AppendLabel(StringBuilder text, ReadOnlySpan<byte> label)
    {
        if (text.Length > 0)
        {
            text.Append('.');
        }

        foreach (var letter in label)
        {
            if (char.IsAsciiLetterOrDigit((char)letter) || letter is (byte)'-' or (byte)'_' or (byte)'*')
            {
                text.Append(char.ToLowerInvariant((char)letter));
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\{letter:D3}");
            }
        }
    }
}
