using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Culvert.Platform.Dns;

/// <summary>A parsed reply. The parser skips records of types and classes that no caller requests.</summary>
/// <remarks>
/// <code>
///  0               2               4               6               8              10
/// +---------------+---------------+---------------+---------------+---------------+---------------+
/// | id            |QR op AA TC RD | questions     | answers       | authority     | additional    |
/// |               |RA Z RCODE     | (1)           |               |               |               |
/// +---------------+---------------+---------------+---------------+---------------+---------------+
/// </code>
/// RFC 1035 §4.1.1. Authority and additional sections are not needed, so they are not read.
/// </remarks>
internal sealed record DnsMessage
{
    public const int HeaderBytes = 12;

    /// <summary>The length prefix over TCP has two bytes (RFC 1035 §4.2.2).</summary>
    public const int MaxBytes = ushort.MaxValue;

    /// <summary>A reply with more answers than this is rejected.</summary>
    public const int MaxRecords = 512;

    private const ushort Response = 0x8000;
    private const ushort OpcodeMask = 0x7800;
    private const ushort AuthoritativeBit = 0x0400;
    private const ushort TruncatedBit = 0x0200;
    private const ushort RecursionDesired = 0x0100;
    private const ushort RecursionAvailable = 0x0080;
    private const ushort CodeMask = 0x000F;
    private const ushort Internet = 1;

    public required ushort Id { get; init; }

    public required bool IsAuthoritative { get; init; }

    /// <summary>The server resolves recursively (RA).</summary>
    public required bool OffersRecursion { get; init; }

    public required bool IsTruncated { get; init; }

    /// <summary>0 no error, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED (RFC 1035 §4.1.1).</summary>
    public required int Code { get; init; }

    /// <summary>The question; an honest server returns it byte for byte, and the case of its letters is a secret.</summary>
    public required byte[] QuestionBytes { get; init; }

    public required IReadOnlyList<DnsRecord> Answers { get; init; }

    /// <summary>Writes a question; random case of the letters makes a reply harder to guess.</summary>
    public static byte[] WriteQuery(ushort id, DnsName name, DnsRecordType type, bool recurse, Func<bool> upper)
    {
        // Header, then each label's length and bytes, the root, type and class.
        var bytes = new byte[HeaderBytes + (name.IsRoot ? 0 : name.Text.Length + 1) + 1 + 4];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, id);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), recurse ? RecursionDesired : (ushort)0);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), 1);
        var at = HeaderBytes;
        foreach (var label in name.IsRoot ? [] : name.Text.Split('.'))
        {
            bytes[at++] = (byte)label.Length;
            foreach (var letter in label)
            {
                bytes[at++] = (byte)(char.IsAsciiLetterLower(letter) && upper() ? letter - 32 : letter);
            }
        }

        at++;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at + 2), Internet);
        return bytes;
    }

    /// <summary>Parses a reply; false when the bytes are not a valid reply.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DnsMessage? message)
    {
        message = null;
        if (bytes.Length is < HeaderBytes or > MaxBytes)
        {
            return false;
        }

        var flags = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        var questions = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        var answers = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        if ((flags & Response) == 0 || (flags & OpcodeMask) != 0 || questions != 1 || answers > MaxRecords)
        {
            return false;
        }

        var reader = new DnsReader(bytes, HeaderBytes);
        if (!reader.TrySkipName(out var compressed) || compressed || !reader.TrySkip(4))
        {
            return false;
        }

        var question = bytes[HeaderBytes..reader.At].ToArray();
        var truncated = (flags & TruncatedBit) != 0;
        var records = new List<DnsRecord>();
        // A truncated reply is requested again over TCP, so its records are ignored.
        for (var i = 0; !truncated && i < answers; i++)
        {
            if (!reader.TryReadRecord(out var record))
            {
                return false;
            }

            if (record is not null)
            {
                records.Add(record);
            }
        }

        message = new DnsMessage
        {
            Id = BinaryPrimitives.ReadUInt16BigEndian(bytes),
            IsAuthoritative = (flags & AuthoritativeBit) != 0,
            OffersRecursion = (flags & RecursionAvailable) != 0,
            IsTruncated = truncated,
            Code = flags & CodeMask,
            QuestionBytes = question,
            Answers = records,
        };
        return true;
    }
}
