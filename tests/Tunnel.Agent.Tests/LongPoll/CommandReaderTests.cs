using System.Text;
using Culvert.Tunnel.Agent.LongPoll;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

public sealed class CommandReaderTests
{
    private const string Good =
        """{"request_id":"r1","shard_token":"shard-of-the-call","command_type":"jsonrpc","created_at":"2026-01-01T00:00:00Z","jsonrpc":{"id":1}}""";

    [Fact]
    public void Read_LeastCommand_HasTheDefaults()
    {
        var command = Read(Good).Commands.ShouldHaveSingleItem();

        command.RequestId.ShouldBe("r1");
        command.ShardToken.ShouldBe("shard-of-the-call");
        command.Channel.ShouldBe("main");
        command.ResponseTimeout.ShouldBeNull();
        command.CreatedAt.ShouldBe(DateTimeOffset.UnixEpoch.AddYears(56));
        command.Headers.ShouldBeEmpty();
        Encoding.UTF8.GetString(command.Message.Span).ShouldBe("""{"id":1}""");
        command.ToString().ShouldNotContain("shard-of-the-call");
    }

    [Theory] // without these no answer reaches the control plane
    [InlineData("\"request_id\":\"r1\"", "\"request_id\":\"\"", "request_id")]
    [InlineData("\"request_id\":\"r1\"", "\"request_id\":1", "request_id")]
    [InlineData("\"request_id\":\"r1\",", "", "request_id")]
    [InlineData("\"shard-of-the-call\"", "\"\"", "shard_token")]
    [InlineData("\"shard-of-the-call\"", "\"s\\r\\nX: 1\"", "shard_token")]
    [InlineData("\"shard-of-the-call\"", "null", "shard_token")]
    [InlineData("\"r1\"", "\"\\ud800\"", "text")]
    public void Read_CommandWithoutAddress_IsDroppedAlone(string what, string instead, string reason)
    {
        var bad = Good.Replace(what, instead, StringComparison.Ordinal);

        var batch = Read($"{bad},{Good}");

        batch.Dropped.ShouldHaveSingleItem().ShouldBe(reason);
        batch.Commands.ShouldHaveSingleItem().Refusal.ShouldBeNull();
    }

    [Theory]
    [InlineData("\"r1\"", "\"r\\n1\"", "request_id")]
    [InlineData("\"command_type\":\"jsonrpc\",", "", "command_type")]
    [InlineData("\"command_type\":\"jsonrpc\"", "\"command_type\":\"shell\"", "command_type")]
    [InlineData("\"request_id\"", "\"channel\":\"a b\",\"request_id\"", "channel")]
    [InlineData("\"request_id\"", "\"channel\":\"\",\"request_id\"", "channel")]
    [InlineData("\"request_id\"", "\"channel\":7,\"request_id\"", "channel")]
    [InlineData("{\"id\":1}", "[{\"id\":1}]", "jsonrpc")]
    [InlineData("{\"id\":1}", "null", "jsonrpc")]
    [InlineData("\"jsonrpc\",\"created_at\"", "\"session_termination\",\"created_at\"", "session")]
    [InlineData("\"jsonrpc\",\"created_at\"", "\"\\ud800\",\"created_at\"", "text")]
    public void Read_CommandThatCannotBeServed_IsRefusedAlone(string what, string instead, string reason)
    {
        var bad = Good.Replace(what, instead, StringComparison.Ordinal);

        var batch = Read($"{bad},{Good}");

        batch.Dropped.ShouldBeEmpty();
        batch.Commands.Count.ShouldBe(2);
        batch.Commands[0].Refusal.ShouldBe(CommandFailures.Unreadable);
        batch.Commands[0].RefusedFor.ShouldBe(reason);
        batch.Commands[0].ShardToken.ShouldBe("shard-of-the-call");
        batch.Commands[1].Refusal.ShouldBeNull();
    }

    [Fact]
    public void Read_LongId_IsRefusedAndShortInTheLog()
    {
        var command = Read(Good.Replace("r1", new string('r', 300), StringComparison.Ordinal)).Commands.Single();

        command.RefusedFor.ShouldBe("request_id");
        command.RequestId.Length.ShouldBe(300);
        command.Name.Length.ShouldBe(256);
    }

    [Fact] // opaque strings by the protocol
    public void Read_IdAndTokenBeyondAscii_AreKept()
    {
        var command = Read(
            Good.Replace("r1", "Anfrage-Ä-\u4e2d", StringComparison.Ordinal)
                .Replace("shard-of-the-call", "Scherbe-Ü-\u4e2d", StringComparison.Ordinal)
        )
            .Commands.Single();

        command.Refusal.ShouldBeNull();
        command.RequestId.ShouldBe("Anfrage-Ä-\u4e2d");
        command.ShardToken.ShouldBe("Scherbe-Ü-\u4e2d");
    }

    [Fact]
    public void Read_VeryDeepCommand_SpoilsNoOther()
    {
        var deep = new string('[', 2000) + new string(']', 2000);
        var bad = Good.Replace("\"id\":1", $"\"id\":1,\"x\":{deep}", StringComparison.Ordinal);

        Read($"{bad},{Good}").Commands.Count.ShouldBe(2);
    }

    [Fact]
    public void Read_ChannelInOtherCase_IsTrimmedAndLowered() =>
        Read(Good.Replace("\"request_id\"", "\"channel\":\" Wiki_2 \",\"request_id\"", StringComparison.Ordinal))
            .Commands.Single()
            .Channel.ShouldBe("wiki_2");

    [Fact]
    public void Read_MoreThanAPollMayHave_AreRefused()
    {
        var batch = Read(string.Join(',', Enumerable.Repeat(Good, 27)));

        batch.Commands.Count(c => c.Refusal is null).ShouldBe(25);
        batch.Commands.Skip(25).Select(c => c.Refusal).ShouldBe([CommandFailures.TooMany, CommandFailures.TooMany]);
        batch.Dropped.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[],", 200_000, "values")]
    [InlineData("1,", 200_000, "values")]
    [InlineData("[", 2_000, "depth")]
    public void Read_MessageThatIsTooLargeForATree_IsRefusedAlone(string part, int count, string reason)
    {
        var values = string.Concat(Enumerable.Repeat(part, count));
        values += part == "[" ? new string(']', count) : "1";
        var bad = Good.Replace("{\"id\":1}", $"{{\"id\":1,\"params\":[{values}]}}", StringComparison.Ordinal);

        var batch = Read($"{Good},{bad},{Good}");

        batch.Dropped.ShouldBeEmpty();
        batch.Commands.Select(command => command.RefusedFor).ShouldBe(["", reason, ""]);
        batch.Commands[1].Refusal.ShouldBe(CommandFailures.Unreadable);
    }

    [Fact]
    public void Read_EndlessList_ReportsOnlySome()
    {
        var batch = Read(string.Join(',', Enumerable.Repeat("0", 100_000)));

        batch.Commands.ShouldBeEmpty();
        batch.Dropped.Count.ShouldBe(100);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"commands\":{}}")]
    [InlineData("{\"commands\":[}")]
    [InlineData("<html>")]
    public void Read_NoPollBody_IsNull(string body) =>
        CommandReader.Read(Encoding.UTF8.GetBytes(body), 0).ShouldBeNull();

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"commands\":null}")]
    [InlineData("{\"commands\":[],\"later\":1}")]
    public void Read_NothingToDo_IsEmpty(string body) =>
        CommandReader.Read(Encoding.UTF8.GetBytes(body), 0).ShouldNotBeNull().Commands.ShouldBeEmpty();

    [Fact]
    public void Read_Message_IsCopiedByteForByte()
    {
        const string Message = "{ \"id\" : 1.0 ,\t\"method\":\"\\u0061\",\"x\":[ 1e2 ] }";

        var command = Read(Good.Replace("{\"id\":1}", Message, StringComparison.Ordinal)).Commands.Single();

        Encoding.UTF8.GetString(command.Message.Span).ShouldBe(Message);
    }

    [Fact]
    public void Read_Headers_BlockedOnesAreLeftOut()
    {
        const string Headers = """
            "headers":{"Authorization":["Bearer t"],"Mcp-Session-Id":["s"],"Last-Event-ID":["4"],"X-Custom":["a","b"],
            "Host":["evil.test"],"cookie":["c"],"X-Forwarded-For":["10.0.0.1"],"Forwarded":["for=1"],"X-Real-IP":["1"],
            "Proxy-Authorization":["p"],"Content-Length":["5"],"Content-Type":["text/plain"],"Accept-Encoding":["gzip"],
            "Connection":["x-hop, close"],"X-Hop":["1"],"Culvert-Reason":["x"],"X-Tunnel-Shard-Token":["x"],"User-Agent":["u"],
            "Bad Name":["1"],"X-Split":["a\r\nb: c"],"X-Text":"not a list","X-Number":[1],"X-None":[]},"request_id"
            """;

        var command = Read(Good.Replace("\"request_id\"", Headers, StringComparison.Ordinal)).Commands.Single();

        command
            .Headers.Select(h => $"{h.Key}={string.Join('+', h.Value)}")
            .ShouldBe(["Authorization=Bearer t", "Mcp-Session-Id=s", "Last-Event-ID=4", "X-Custom=a+b"]);
    }

    [Theory] // without some of them the call would mean something else
    [InlineData(128, false)]
    [InlineData(129, true)]
    public void Read_TooManyHeaders_AreRefused(int count, bool isRefused)
    {
        var headers = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"X-{i}\":[\"v\"]"));

        var command = Read(
            Good.Replace("\"request_id\"", $"\"headers\":{{{headers}}},\"request_id\"", StringComparison.Ordinal)
        )
            .Commands.Single();

        command.Refusal.ShouldBe(isRefused ? CommandFailures.HeadersTooLarge : null);
        command.Headers.Count.ShouldBe(isRefused ? 0 : count);
    }

    [Theory] // Connection, which is not among them, included
    [InlineData("X-Long", 65_536 - 6, false)]
    [InlineData("X-Long", 65_536 - 5, true)]
    [InlineData("Connection", 65_536, false)]
    [InlineData("Connection", 65_537, true)]
    public void Read_LongHeader_IsRefusedBeyondTheLimit(string name, int length, bool isRefused)
    {
        var half = new string(',', length / 2);
        var values = $"[\"{half}\",\"{half}{new string(',', length % 2)}\"]";
        var headers = $"\"headers\":{{\"{name}\":{values}}},\"request_id\"";

        var command = Read(Good.Replace("\"request_id\"", headers, StringComparison.Ordinal)).Commands.Single();

        command.Refusal.ShouldBe(isRefused ? CommandFailures.HeadersTooLarge : null);
    }

    [Theory]
    [InlineData("10s", 10_000)]
    [InlineData("0s", 0)]
    [InlineData("1500ms", 1_500)]
    [InlineData("2000000us", 2_000)]
    [InlineData("1000000ns", 1)]
    [InlineData("5m", 300_000)]
    [InlineData("2h", 7_200_000)]
    public void Parse_ResponseTimeout_IsItsTime(string text, long milliseconds) =>
        ResponseTimeout.Parse(text).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Theory] // response timeout {omitted, null, malformed}: no deadline
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("-1s")]
    [InlineData("1.5s")]
    [InlineData("10 s")]
    [InlineData("10d")]
    [InlineData("1s2ms")]
    [InlineData("9999999999999999999h")]
    [InlineData("1s\n")]
    public void Parse_OtherTimeouts_AreNoDeadline(string? text) => ResponseTimeout.Parse(text).ShouldBeNull();

    [Theory]
    [InlineData(
        """{"error":{"message":"m","type":"invalid_request","code":"tunnel_use_forbidden"}}""",
        "tunnel_use_forbidden"
    )]
    [InlineData("""{"error":{"message":"m","type":"rate_limit"}}""", "rate_limit")]
    [InlineData("""{"message":"m","code":"tunnel_queue_full"}""", "tunnel_queue_full")]
    [InlineData("""{"detail":"m"}""", "")]
    [InlineData("""{"error":{"code":"Line\nbreak"}}""", "")]
    [InlineData("<html>", "")]
    public void ReadCode_OfAnError_IsTheStableCode(string body, string code) =>
        ControlErrors.ReadCode(Encoding.UTF8.GetBytes(body)).ShouldBe(code);

    private static PollBatch Read(string commands) =>
        CommandReader
            .Read(Encoding.UTF8.GetBytes($$"""{"commands":[{{commands}}]}"""), receivedAt: 0)
            .ShouldNotBeNull();
}
