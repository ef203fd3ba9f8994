using System.Net;
using Culvert.Platform.Dns;
using Culvert.Testing;
using Culvert.Testing.Dns;
using Shouldly;
using Xunit;
using ScriptedDns = Culvert.Testing.Dns.ScriptedDns;

namespace Culvert.Platform.Tests.Dns;

/// <summary>
/// The resolver against a scripted server on real sockets. The clock moves only where a test advances it.
/// </summary>
public sealed class DnsClientTests : IAsyncDisposable
{
    private readonly ScriptedDns server = ScriptedDns.Start();
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Query_EveryType_IsRead()
    {
        server
            .Address("a.example", "192.0.2.1")
            .Address("a.example", "2001:db8::1")
            .Text("a.example", "one ", "two")
            .NameServer("a.example", "ns.example")
            .Authority("a.example", "ns.example")
            .Caa("a.example", "ISSUE", "ca.example; accounturi=x", 128);

        (await OneAsync<AddressRecord>(DnsRecordType.A)).Address.ToString().ShouldBe("192.0.2.1");
        (await OneAsync<AddressRecord>(DnsRecordType.Aaaa)).Address.ToString().ShouldBe("2001:db8::1");
        (await OneAsync<TextRecord>(DnsRecordType.Txt)).Text.ShouldBe("one two");
        (await OneAsync<NameRecord>(DnsRecordType.Ns)).Target.ShouldBe("ns.example");
        (await OneAsync<NameRecord>(DnsRecordType.Soa)).Target.ShouldBe("ns.example");
        var caa = await OneAsync<CaaRecord>(DnsRecordType.Caa);
        (caa.IsCritical, caa.Tag, caa.Value).ShouldBe((true, "issue", "ca.example; accounturi=x"));
        (caa.Owner, caa.TimeToLive).ShouldBe(("a.example", TimeSpan.FromMinutes(1)));

        async Task<T> OneAsync<T>(DnsRecordType type) =>
            (await AskAsync("a.example", type)).Records.ShouldHaveSingleItem().ShouldBeOfType<T>();
    }

    [Fact]
    public async Task Query_NameWithoutThatType_IsNoData()
    {
        server.Address("a.example", "192.0.2.1");
        (await AskAsync("a.example", DnsRecordType.Txt)).Outcome.ShouldBe(DnsOutcome.NoData);
    }

    [Fact]
    public async Task Query_UnknownName_IsNoSuchName() =>
        (await AskAsync("a.example", DnsRecordType.Txt)).Outcome.ShouldBe(DnsOutcome.NoSuchName);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Query_ErrorCode_IsServerFailure(int code)
    {
        server.Fail("a.example", code);
        (await AskAsync("a.example", DnsRecordType.A)).Outcome.ShouldBe(DnsOutcome.ServerFailure);
    }

    [Fact]
    public async Task Query_SilentServer_TimesOutByTheClock()
    {
        server.Silence("a.example");
        var asked = AskAsync("a.example", DnsRecordType.A);
        await Eventually.UntilAsync(() => asked.IsCompleted, Ct, () => time.Advance(TimeSpan.FromMilliseconds(100)));
        (await asked).Outcome.ShouldBe(DnsOutcome.Timeout);
    }

    [Fact]
    public async Task Query_NobodyListens_IsTimeoutAtOnce()
    {
        var port = server.EndPoint;
        await server.DisposeAsync();
        var client = new DnsClient(new DnsClientOptions { Servers = [port], Rounds = 1 }, time);
        var asked = client.QueryAsync(Name("a.example"), DnsRecordType.A, Ct);
        await Eventually.UntilAsync(() => asked.IsCompleted, Ct, () => time.Advance(TimeSpan.FromMilliseconds(10)));
        (await asked).Outcome.ShouldBe(DnsOutcome.Timeout);
    }

    [Fact]
    public async Task Query_FirstServerFails_TheSecondIsAsked()
    {
        await using var second = ScriptedDns.Start();
        server.Fail("a.example", 2);
        second.Address("a.example", "192.0.2.2");
        var client = new DnsClient(new DnsClientOptions { Servers = [server.EndPoint, second.EndPoint] }, time);
        (await client.QueryAsync(Name("a.example"), DnsRecordType.A, Ct)).Outcome.ShouldBe(DnsOutcome.Found);
    }

    [Fact]
    public async Task Query_TruncatedReply_IsAskedAgainOverTcp()
    {
        for (var i = 0; i < 20; i++)
        {
            server.Text("a.example", new string((char)('a' + i), 100));
        }

        (await AskAsync("a.example", DnsRecordType.Txt)).Records.Count.ShouldBe(20);
        server.Seen.Select(q => q.OverTcp).ShouldBe([false, true]);
    }

    // The owner of a zone chooses its servers: none of them may fill our memory.
    [Fact]
    public async Task Query_ServerThatKeepsSendingOverTcp_IsReadOnce()
    {
        server.Text("a.example", "x");
        (server.AlwaysTruncates, server.RepeatsOverTcp) = (true, true);

        (await AskAsync("a.example", DnsRecordType.Txt)).Records.ShouldHaveSingleItem();

        await Eventually.UntilAsync(() => server.TcpClients == 0, Ct);
    }

    [Fact]
    public async Task Query_ServerThatLowersLetters_IsAskedAgainOverTcp()
    {
        server.Address("abcdefghijklmnopqrstuvwxyz.example", "192.0.2.1");
        server.Mangle = (answer, overTcp) => overTcp ? answer : LowerQuestion(answer);
        (await AskAsync("abcdefghijklmnopqrstuvwxyz.example", DnsRecordType.A)).Outcome.ShouldBe(DnsOutcome.Found);
        server.Seen.Select(q => q.OverTcp).ShouldBe([false, true]);
    }

    [Fact]
    public async Task Query_ReplyToAnotherId_IsNotTaken()
    {
        server.Address("a.example", "192.0.2.1");
        server.Mangle = (answer, _) => [(byte)(answer[0] ^ 1), .. answer[1..]];
        var asked = AskAsync("a.example", DnsRecordType.A);
        await Eventually.UntilAsync(() => asked.IsCompleted, Ct, () => time.Advance(TimeSpan.FromMilliseconds(100)));
        (await asked).Outcome.ShouldBe(DnsOutcome.Timeout);
    }

    // An attacker that sees or guesses identifier and port still has to send from the server's address (RFC 5452 §9.1).
    [Fact]
    public async Task Query_ReplyFromAnotherAddress_IsNotTaken()
    {
        server.Address("a.example", "192.0.2.1");
        server.SendFirstFromElsewhere = Forged;
        (await OneAddressAsync()).ShouldBe("192.0.2.1");
    }

    // A stray datagram does not end the attempt, nor is it the answer.
    [Theory]
    [InlineData("another identifier")]
    [InlineData("another question")]
    [InlineData("the query sent back")]
    [InlineData("one byte")]
    public async Task Query_StrayDatagramFirst_IsPassedOver(string stray)
    {
        server.Address("a.example", "192.0.2.1");
        server.SendFirst = answer =>
        {
            var forged = Forged(answer);
            return stray switch
            {
                "another identifier" => [(byte)(forged[0] ^ 1), .. forged[1..]],
                "another question" => [.. forged[..12], 1, (byte)'b', .. forged[14..]],
                "the query sent back" =>
                [
                    .. answer[..2],
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
                    .. answer[12..QuestionEnd(answer)],
                ],
                _ => [1],
            };
        };
        (await OneAddressAsync()).ShouldBe("192.0.2.1");
    }

    [Fact]
    public async Task Query_RecordOfAnotherName_CountsForNothing()
    {
        server.Address("a.example", "192.0.2.1");
        server.Mangle = (answer, _) =>
            DnsBytes.Reply(
                answer[..DnsBytes.Question(answer).End],
                [DnsBytes.Record("b.example", DnsType.A, [192, 0, 2, 9])],
                0,
                authoritative: true,
                truncated: false
            );
        (await AskAsync("a.example", DnsRecordType.A)).Outcome.ShouldBe(DnsOutcome.NoData);
    }

    [Fact]
    public async Task Query_Aliases_AreFollowedWithinAndBeyondAReply()
    {
        server.Alias("a.example", "b.example").Alias("b.example", "c.example").Address("c.example", "192.0.2.3");
        var answer = await AskAsync("a.example", DnsRecordType.A);
        (answer.Outcome, answer.Name.Text).ShouldBe((DnsOutcome.Found, "c.example"));

        // A server that tells one step at a time.
        server.Mangle = (reply, _) =>
            DnsBytes.Question(reply) is var (name, _, end) && name != "c.example"
                ? DnsBytes.Reply(
                    reply[..end],
                    [
                        DnsBytes.Record(
                            name,
                            DnsType.Cname,
                            DnsBytes.Name(name == "a.example" ? "b.example" : "c.example")
                        ),
                    ],
                    0,
                    authoritative: false,
                    truncated: false
                )
                : reply;
        answer = await AskAsync("a.example", DnsRecordType.A);
        (answer.Outcome, answer.Name.Text).ShouldBe((DnsOutcome.Found, "c.example"));
    }

    [Fact]
    public async Task Query_AliasesInACircle_AreGivenUp()
    {
        server.Alias("a.example", "b.example").Alias("b.example", "a.example");
        (await AskAsync("a.example", DnsRecordType.A)).Outcome.ShouldBe(DnsOutcome.AliasChain);
    }

    [Theory]
    [InlineData(8, DnsOutcome.Found)]
    [InlineData(9, DnsOutcome.AliasChain)]
    public async Task Query_ChainOfAliases_HasALimit(int length, DnsOutcome expected)
    {
        for (var i = 0; i < length; i++)
        {
            server.Alias($"n{i}.example", $"n{i + 1}.example");
        }

        server.Address($"n{length}.example", "192.0.2.1");
        (await AskAsync("n0.example", DnsRecordType.A)).Outcome.ShouldBe(expected);
    }

    [Fact]
    public async Task QueryAuthority_AnswerWithoutAuthority_IsServerFailure()
    {
        server.Text("a.example", "x").IsAuthoritative = false;
        (await AuthorityAsync("a.example")).Outcome.ShouldBe(DnsOutcome.ServerFailure);
        server.IsAuthoritative = true;
        (await AuthorityAsync("a.example")).Outcome.ShouldBe(DnsOutcome.Found);
    }

    [Theory] // it knows its own zones alone, so that a missing CAA record would only be missing there
    [InlineData(false, false, DnsOutcome.ServerFailure)]
    [InlineData(false, true, DnsOutcome.NoData)]
    [InlineData(true, false, DnsOutcome.NoData)]
    public async Task Query_ServerThatAsksNobodyElse_CountsForItsOwnZonesAlone(
        bool authoritative,
        bool recursion,
        DnsOutcome outcome
    )
    {
        server.Address("a.example", "192.0.2.1");
        (server.IsAuthoritative, server.OffersRecursion) = (authoritative, recursion);

        (await AskAsync("a.example", DnsRecordType.Caa)).Outcome.ShouldBe(outcome);
    }

    [Fact]
    public async Task QueryAuthority_Alias_IsNotFollowed()
    {
        server.Alias("a.example", "b.example").Text("b.example", "x");
        var answer = await AuthorityAsync("a.example");
        answer.Records.ShouldHaveSingleItem().ShouldBeOfType<NameRecord>().Target.ShouldBe("b.example");
    }

    [Fact]
    public async Task Query_EveryBadVector_IsRefusedWhole()
    {
        server.Address("a.example", "192.0.2.1");
        foreach (var (fault, bytes) in BadReplies.All)
        {
            DnsMessage.TryRead(bytes, out _).ShouldBeFalse(fault);
        }

        DnsMessage.TryRead(BadReplies.Good, out var good).ShouldBeTrue();
        good.Answers.Count.ShouldBe(1);

        // And over the wire: cut over TCP it is a malformed answer.
        server.AlwaysTruncates = true;
        server.Mangle = (answer, overTcp) => overTcp ? answer[..^2] : answer;
        (await AskAsync("a.example", DnsRecordType.A)).Outcome.ShouldBe(DnsOutcome.Malformed);
    }

    [Fact]
    public void ResolvConf_Lines_AreRead() =>
        ResolvConf
            .Parse(["# x", "nameserver 192.0.2.1", "nameserver\t2001:db8::1 # y", "search a", "nameserver x"])
            .Select(e => e.ToString())
            .ShouldBe(["192.0.2.1:53", "[2001:db8::1]:53"]);

    internal static DnsName Name(string text) => DnsName.TryParse(text, out var name) ? name : DnsName.Root;

    private Task<DnsAnswer> AskAsync(string name, DnsRecordType type) => Client().QueryAsync(Name(name), type, Ct);

    private Task<DnsAnswer> AuthorityAsync(string name) =>
        Client().QueryAuthorityAsync([server.EndPoint], Name(name), DnsRecordType.Txt, Ct);

    private DnsClient Client() => new(new DnsClientOptions { Servers = [server.EndPoint] }, time);

    private async Task<string> OneAddressAsync() =>
        (await AskAsync("a.example", DnsRecordType.A))
            .Records.ShouldHaveSingleItem()
            .ShouldBeOfType<AddressRecord>()
            .Address.ToString();

    private static byte[] Forged(byte[] answer) =>
        DnsBytes.Reply(
            answer[..QuestionEnd(answer)],
            [DnsBytes.Record("a.example", DnsType.A, [192, 0, 2, 66])],
            0,
            authoritative: true,
            truncated: false
        );

    private static int QuestionEnd(byte[] answer) => DnsBytes.Question(answer).End;

    private static byte[] LowerQuestion(byte[] answer)
    {
        var lower = (byte[])answer.Clone();
        for (var i = 12; i < DnsBytes.Question(answer).End - 4; i++)
        {
            lower[i] = (byte)char.ToLowerInvariant((char)lower[i]);
        }

        return lower;
    }
}
