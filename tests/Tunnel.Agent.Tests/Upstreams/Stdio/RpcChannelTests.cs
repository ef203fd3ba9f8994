using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams.Stdio;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Stdio;

/// <summary>The conversation with programs that do what no well-behaved one would.</summary>
public sealed class RpcChannelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Receive_MessageBehindTheResponse_WaitsForTheSessionsNextStream()
    {
        await using var session = Session();
        var channel = Start(
            session,
            """
            read request
            echo '{"jsonrpc":"2.0","id":1,"result":{}}'
            echo '{"jsonrpc":"2.0","method":"notifications/message","params":{}}'
            cat >/dev/null
            """
        );

        var call = channel.TryBegin(Request, takesMessages: true, out _, session.Begin);
        var late = await session.Inbox.ReadAsync(Token).WaitAsync(Eventually.Limit, Token);

        Encoding.UTF8.GetString(late!.Bytes.Span).ShouldContain("notifications/message");
        (await call!.Messages.ReadAsync(Token))!.IsLast.ShouldBeTrue();
    }

    [Fact]
    public async Task Ended_DescendantHoldsTheErrors_IsNotWaitedFor()
    {
        var file = Path.Combine(Path.GetTempPath(), $"escaped-{RandomNumberGenerator.GetHexString(16)}");
        await using var session = Session();
        try
        {
            var channel = Start(
                session,
                $"""
                setsid sh -c 'echo $$ >{file}.new; mv {file}.new {file}; exec sleep 600' >/dev/null &
                while [ ! -e {file} ]; do sleep 0.05; done
                """
            );

            await channel.Ended.WaitAsync(Eventually.Limit, Token);

            channel.IsOpen.ShouldBeFalse();
        }
        finally
        {
            var escaped = int.Parse(await File.ReadAllTextAsync(file, Token), CultureInfo.InvariantCulture);
            System.Diagnostics.Process.GetProcessById(escaped).Kill();
            File.Delete(file);
        }
    }

    [Theory] // the agent's ids are numbers; programs write them in other ways too
    [InlineData("1")]
    [InlineData("\"1\"")]
    [InlineData("1.0")]
    public async Task Response_IdInAnotherForm_IsTheCalls(string id)
    {
        await using var session = Session();
        var channel = Start(session, Answer($$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{}}"""));

        var answer = await AskAsync(channel);

        answer.ShouldBe("""{"jsonrpc":"2.0","id":"mine","result":{}}""");
    }

    [Fact] // JSON-RPC 2.0 §6
    public async Task Response_InABatch_IsTheCalls()
    {
        await using var session = Session();
        var channel = Start(
            session,
            Answer("""[{"jsonrpc":"2.0","method":"notifications/x"},{"jsonrpc":"2.0","id":1,"result":{}}]""")
        );

        (await AskAsync(channel)).ShouldBe("""{"jsonrpc":"2.0","id":"mine","result":{}}""");
    }

    [Fact]
    public async Task Response_WithoutLineEnd_IsTheCalls()
    {
        await using var session = Session();
        var channel = Start(session, """read request; printf '{"jsonrpc":"2.0","id":1,"result":{}}'""");

        (await AskAsync(channel)).ShouldBe("""{"jsonrpc":"2.0","id":"mine","result":{}}""");
    }

    [Fact]
    public async Task Response_LinesThatEndAsOnWindows_IsTheCalls()
    {
        await using var session = Session();
        var channel = Start(
            session,
            """read request; printf '\r\n{"jsonrpc":"2.0","id":1,"result":{}}\r\n'; cat >/dev/null"""
        );

        (await AskAsync(channel)).TrimEnd().ShouldBe("""{"jsonrpc":"2.0","id":"mine","result":{}}""");
    }

    [Fact]
    public async Task Response_BehindAByteOrderMark_IsTheCalls()
    {
        await using var session = Session();
        var channel = Start(
            session,
            """read request; printf '\357\273\277{"jsonrpc":"2.0","id":1,"result":{}}\n'; cat >/dev/null"""
        );

        (await AskAsync(channel)).ShouldBe("""{"jsonrpc":"2.0","id":"mine","result":{}}""");
    }

    [Theory] // JSON-RPC 2.0 §5: no id where the request could not be read
    [InlineData("\"id\":null,")]
    [InlineData("")]
    public async Task Response_ErrorThatTheRequestWasNotRead_IsTheOnlyCalls(string id)
    {
        await using var session = Session();
        var channel = Start(
            session,
            Answer($$$"""{"jsonrpc":"2.0",{{{id}}}"error":{"code":-32600,"message":"Bad."}}""")
        );

        (await AskAsync(channel)).ShouldBe(
            """{"jsonrpc":"2.0","id":"mine","error":{"code":-32600,"message":"Bad."}}"""
        );
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":77,"result":{}}""", "upstream.child_unmatched")]
    [InlineData("""{"jsonrpc":"2.0","id":"of another","error":{"code":1,"message":"m"}}""", "upstream.child_unmatched")]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"m"}}""",
        "upstream.child_bad_output"
    )]
    public async Task Response_ThatBelongsToNoCall_FailsTheOnlyOne(string line, string reason)
    {
        var log = new LogLines();
        await using var session = Session();
        var channel = Start(session, Answer(line), log);
        var call = channel.TryBegin(Request, takesMessages: true, out _, session.Begin)!;

        (await call.Messages.ReadAsync(Token).WaitAsync(Eventually.Limit, Token)).ShouldBeNull();

        call.Failure.ShouldNotBeNull().Reason.ShouldBe(reason);
        channel.IsOpen.ShouldBeTrue();
        log.Text.ShouldNotBeEmpty();
    }

    [Fact] // it may be about a notification
    public async Task Response_ErrorWithoutId_IsLoggedAndTheCallContinues()
    {
        var log = new LogLines();
        await using var session = Session();
        var channel = Start(
            session,
            """
            read request
            echo '{"jsonrpc":"2.0","id":null,"error":{"code":-32601,"message":"m"}}'
            echo '{"jsonrpc":"2.0","id":1,"result":{}}'
            cat >/dev/null
            """,
            log
        );

        (await AskAsync(channel)).ShouldBe("""{"jsonrpc":"2.0","id":"mine","result":{}}""");
        log.Text.ShouldContain("An error without the id of a call.");
    }

    [Fact] // the program waits for each of its requests, and its call with it
    public async Task Ask_ClientDoesNotAnswer_TheProgramIsAnsweredAtTheLimit()
    {
        var time = new FakeTimeProvider();
        await using var session = new StdioSession("s", "", 1 << 20, time);
        var channel = Start(
            session,
            """
            read request
            echo '{"jsonrpc":"2.0","id":"q","method":"sampling/createMessage","params":{}}'
            read answer
            case "$answer" in *'"q"'*error*) echo '{"jsonrpc":"2.0","id":1,"result":{}}';; esac
            cat >/dev/null
            """
        );
        var call = channel.TryBegin(Request, takesMessages: false, out _, session.Begin)!;
        await session.Inbox.ReadAsync(Token).WaitAsync(Eventually.Limit, Token);

        time.Advance(TimeSpan.FromMinutes(1));
        session.EndUnanswered(TimeSpan.FromMinutes(1));

        var answer = await call.Messages.ReadAsync(Token).WaitAsync(Eventually.Limit, Token);
        answer.ShouldNotBeNull().IsLast.ShouldBeTrue();
    }

    [Fact] // a request that no client will read must not keep its program waiting
    public async Task Ask_InboxIsFull_TheProgramIsAnswered()
    {
        await using var session = new StdioSession("s", "", 64, TimeProvider.System);
        var channel = Start(
            session,
            """
            read request
            echo '{"jsonrpc":"2.0","id":"q","method":"sampling/createMessage","params":{"text":"longer than the room"}}'
            echo '{"jsonrpc":"2.0","method":"notifications/x"}'
            read answer
            case "$answer" in *'"q"'*error*) echo '{"jsonrpc":"2.0","id":1,"result":{}}';; esac
            cat >/dev/null
            """
        );
        var call = channel.TryBegin(Request, takesMessages: false, out _, session.Begin)!;

        var answer = await call.Messages.ReadAsync(Token).WaitAsync(Eventually.Limit, Token);
        answer.ShouldNotBeNull().IsLast.ShouldBeTrue();
    }

    private static string Answer(string line) => $"read request; echo '{line}'; cat >/dev/null";

    private static async Task<string> AskAsync(RpcChannel channel)
    {
        var call = channel.TryBegin(Request, takesMessages: true, out _).ShouldNotBeNull();
        var answer = await call.Messages.ReadAsync(Token).WaitAsync(Eventually.Limit, Token);
        return Encoding.UTF8.GetString(answer.ShouldNotBeNull(call.Failure?.Reason).Bytes.Span);
    }

    private static McpMessage Request =>
        MessageReader.Read("""{"jsonrpc":"2.0","id":"mine","method":"ping"}"""u8.ToArray());

    private static StdioSession Session() => new("s", "", 1 << 20, TimeProvider.System);

    private static RpcChannel Start(StdioSession session, string script, LogLines? log = null)
    {
        var settings = StdioFixture.Settings() with { Command = ["/bin/sh", "-c", script] };
        var pool = new ChildPool(settings, TimeProvider.System, log ?? (ILogger)NullLogger.Instance);
        var channel = pool.TryStart(session, out _).ShouldNotBeNull();
        session.Use(channel); // ends with the session
        return channel;
    }
}
