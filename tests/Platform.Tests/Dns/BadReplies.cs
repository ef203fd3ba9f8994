using Culvert.Testing.Dns;

namespace Culvert.Platform.Tests.Dns;

/// <summary>Each has one error and is named after it.</summary>
internal static class BadReplies
{
    private static readonly byte[] Query =
    [
        0,
        7,
        1,
        0,
        0,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
        .. DnsBytes.Name("a.example"),
        0,
        1,
        0,
        1,
    ];

    public static byte[] Good { get; } = With(DnsBytes.Record("a.example", DnsType.A, [192, 0, 2, 1]));

    public static IEnumerable<(string Fault, byte[] Bytes)> All =>
        [
            ("empty", []),
            ("shorter than a header", Good[..11]),
            ("a query", Query),
            ("another opcode", Change(Good, 2, 0x88)),
            ("two questions", Change(Good, 5, 2)),
            ("no question", Change(Good, 5, 0)),
            ("more answers than bytes", Change(Good, 7, 2)),
            ("more answers than anybody gives", Change(Change(Good, 6, 2), 7, 1)),
            ("cut in the question", Good[..20]),
            ("cut in the data", Good[..^1]),
            ("question by pointer", [.. Good[..12], 0xC0, 0x0C, 0, 1, 0, 1]),
            ("label above 63", [.. Good[..12], 0x40, .. Good[13..]]),
            ("pointer to itself", With([0xC0, 27, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 1, 2, 3, 4])),
            ("pointer forward", With([0xC0, 40, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 1, 2, 3, 4])),
            ("pointer into the header", With([0xC0, 2, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 1, 2, 3, 4])),
            ("half a pointer", With([0xC0])),
            ("A of three bytes", With(DnsBytes.Record("a.example", DnsType.A, [1, 2, 3]))),
            ("AAAA of four bytes", With(DnsBytes.Record("a.example", DnsType.Aaaa, [1, 2, 3, 4]))),
            ("NS with something behind it", With(DnsBytes.Record("a.example", DnsType.Ns, [.. DnsBytes.Name("b"), 1]))),
            ("SOA without its numbers", With(DnsBytes.Record("a.example", DnsType.Soa, [0, 0]))),
            ("TXT without a string", With(DnsBytes.Record("a.example", DnsType.Txt, []))),
            ("TXT that overruns", With(DnsBytes.Record("a.example", DnsType.Txt, [9, 65]))),
            ("CAA of one byte", With(DnsBytes.Record("a.example", DnsType.Caa, [0]))),
            ("CAA without a tag", With(DnsBytes.Record("a.example", DnsType.Caa, [0, 0, 65]))),
            ("CAA whose tag overruns", With(DnsBytes.Record("a.example", DnsType.Caa, [0, 9, 65]))),
            ("CAA tag of other signs", With(DnsBytes.Record("a.example", DnsType.Caa, DnsBytes.Caa(0, "is-sue", "x")))),
            (
                "name above 255",
                With(DnsBytes.Record(string.Join('.', Enumerable.Repeat(new string('x', 63), 4)), 1, [1, 2, 3, 4]))
            ),
            ("too long for a frame", new byte[65_536]),
        ];

    private static byte[] With(byte[] record) =>
        DnsBytes.Reply(Query, [record], 0, authoritative: true, truncated: false);

    private static byte[] Change(byte[] bytes, int at, byte value)
    {
        var changed = (byte[])bytes.Clone();
        changed[at] = value;
        return changed;
    }
}
