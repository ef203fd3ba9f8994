using Culvert.Platform.Dns;
using Culvert.Testing;
using Culvert.Testing.Dns;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Dns;

/// <summary>Any bytes give a message or a refusal, never an exception. <c>CULVERT_SOAK_SEED</c> repeats a failure.</summary>
public sealed class DnsFuzzTests
{
    private const int DefectsEach = 100;

    private static readonly byte[][] Specimens = [BadReplies.Good, .. BadReplies.All.Select(bad => bad.Bytes), Rich()];

    [Fact]
    [Trait(Soak.Name, "fuzz")]
    public void TryRead_AnyBytes_GivesMessageOrRefusal()
    {
        var seed = Soak.SeedOr(14);
        var random = new Random(seed);
        var count = 0L;
        foreach (var _ in Soak.FuzzRounds("fuzz", shortForm: 5_000, TimeSpan.FromMinutes(2)))
        {
            var specimen = Specimens[random.Next(Specimens.Length)];
            for (var i = 0; i < DefectsEach; i++, count++)
            {
                var bytes = Mangle(random, specimen.Length > 1024 ? specimen[..1024] : specimen);
                try
                {
                    if (DnsMessage.TryRead(bytes, out var message))
                    {
                        message.Answers.Count.ShouldBeLessThanOrEqualTo(DnsMessage.MaxRecords);
                    }
                }
                catch (Exception fault)
                {
                    Assert.Fail($"CULVERT_SOAK_SEED={seed}, input {count}: {fault}\n{Convert.ToHexString(bytes)}");
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{count} inputs, seed {seed}");
    }

    private static byte[] Rich() =>
        DnsBytes.Reply(
            [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. DnsBytes.Name("a.example"), 0, 16, 0, 1],
            [
                [0xC0, 0x0C, 0, 5, 0, 1, 0, 0, 0, 60, 0, 4, 1, (byte)'b', 0xC0, 0x0E],
                DnsBytes.Record("b.example", DnsType.Txt, DnsBytes.Texts("one", "two")),
                DnsBytes.Record("b.example", DnsType.Caa, DnsBytes.Caa(0, "issue", "x")),
                DnsBytes.Record("b.example", DnsType.Soa, DnsBytes.Soa("ns.example")),
            ],
            0,
            authoritative: true,
            truncated: false
        );

    private static byte[] Mangle(Random random, byte[] specimen)
    {
        var bytes = new List<byte>(specimen);
        for (var i = random.Next(1, 5); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 8)));
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    bytes[at] = 0xC0;
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }
}
