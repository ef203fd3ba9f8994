using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams.Stdio;
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
        session.Use(channel);

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

    private static McpMessage Request =>
        MessageReader.Read("""{"jsonrpc":"2.0","id":"mine","method":"ping"}"""u8.ToArray());

    private static StdioSession Session() => new("s", "", 1 << 20, TimeProvider.System);

    private static RpcChannel Start(StdioSession session, string script)
    {
        var settings = StdioFixture.Settings() with { Command = ["/bin/sh", "-c", script] };
        var pool = new ChildPool(settings, TimeProvider.System, NullLogger.Instance);
        return pool.TryStart(session, out _).ShouldNotBeNull();
    }
}
