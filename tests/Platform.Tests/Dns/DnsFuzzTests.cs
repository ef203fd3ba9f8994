using Culvert.Platform.Dns;
using Culvert.Testing;
using Culvert.Testing.Dns;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Dns;

/// <summary>Any bytes give a message or a refusal, never an exception. <c>CULVERT_SOAK_SEED</c> repeats a failure.</summary>
public sealed class DnsFuzzTests
{
    private static readonly byte[][] Specimens = [BadReplies.Good, .. BadReplies.All.Select(bad => bad.Bytes), Rich()];

    [Fact]
    [Trait(Soak.Name, "fuzz")]
    public void TryRead_AnyBytes_GivesMessageOrRefusal()
    {
        var random = new Random(Soak.Seed);
        var duration = Soak.Duration("fuzz", TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(2));
        var began = TimeProvider.System.GetTimestamp();
        var count = 0L;
        while (TimeProvider.System.GetElapsedTime(began) < duration)
        {
            var specimen = Specimens[random.Next(Specimens.Length)];
            for (var i = 0; i < 100; i++, count++)
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
                    Assert.Fail($"CULVERT_SOAK_SEED={Soak.Seed}, input {count}: {fault}\n{Convert.ToHexString(bytes)}");
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{count} inputs, seed {Soak.Seed}");
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
