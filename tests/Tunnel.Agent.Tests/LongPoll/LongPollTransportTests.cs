using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Platform.Secrets;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>The ways from a command to its MCP server: by TCP, by a Unix socket, and many at once.</summary>
public sealed class LongPollTransportTests : IDisposable
{
    private const string Http = "http";
    private const string UnixSocket = "mcp_unix_socket";
    private const string Secret = "upstream-secret";
    private const int Callers = 16;
    private const int CallsOfEach = 4;
    private const int ArgumentBytes = 1024;

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-way-").FullName;

    [Theory]
    [InlineData(Http)]
    [InlineData(UnixSocket)]
    public async Task Initialize_Initialized_Call_InOrder(string way)
    {
        await using var scene = await StartAsync(way, AnswerSessionAsync, RouteAccess.Open(OauthMode.Passthrough));
        scene.Plane.Enqueue(
            """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}"""
        );
        (await scene.Plane.NextAnswerAsync()).Header("Mcp-Session-Id").ShouldBe("s-1");
        scene.Plane.Enqueue("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        (await scene.Plane.NextAnswerAsync()).Type.ShouldBe("notify_ack");
        scene.Plane.Enqueue(LongPollScene.Call);

        (await scene.Plane.NextAnswerAsync()).Json.ShouldBe(LongPollScene.Result);
    }

    [Theory] // static MCP headers {fails without; http; unix_socket}
    [InlineData(Http, false)]
    [InlineData(Http, true)]
    [InlineData(UnixSocket, true)]
    public async Task Credential_ThatTheServerRequires_ServesTheCall(string way, bool hasCredential)
    {
        var secret = Path.Combine(folder, "secret");
        await File.WriteAllTextAsync(secret, Secret, TestContext.Current.CancellationToken);
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var access = new RouteAccess(
            new OauthSettings { Mode = OauthMode.DangerousNone },
            [],
            hasCredential ? new StaticCredential("X-Api-Key", SecretReference.ToFile(secret)) : NoCredential.Instance,
            TimeProvider.System
        );
        await using var scene = await StartAsync(way, AnswerWithKeyAsync, access);
        scene.Plane.Enqueue(LongPollScene.Call);

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Code.ShouldBe(hasCredential ? 200 : 403); // the server itself refuses
        answer.Request.Head.ShouldNotContain(Secret);
        answer.Text.ShouldNotContain(Secret);
        (await scene.Plane.NextPollAsync()).Head.ShouldNotContain(Secret);
    }

    [Fact] // load smoke, in the shape of the benchmark: callers of one session, arguments of 1,024 bytes
    public async Task Load_CallersOfOneSession_EachGetsItsOwnResultOnce()
    {
        await using var scene = await StartAsync(Http, EchoAsync, RouteAccess.Open(OauthMode.Passthrough), Callers);

        var expected = new Dictionary<string, string>(StringComparer.Ordinal);
        var received = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (var i = 0; i < Callers * CallsOfEach; i++)
        {
            var argument = i.ToString(CultureInfo.InvariantCulture).PadLeft(ArgumentBytes, 'x');
            var id = scene.Plane.Enqueue(
                $$$$"""{"jsonrpc":"2.0","id":{{{{i}}}},"method":"tools/call","params":{"name":"echo","arguments":{"text":"{{{{argument}}}}"}}}""",
                change: c => c["headers"]!["Mcp-Session-Id"] = new JsonArray("s-1")
            );
            expected.Add(id, Result(i, argument));
        }

        while (received.Count < expected.Count)
        {
            var answer = await scene.Plane.NextAnswerAsync();
            received.Add(answer.RequestId, answer.Json);
        }

        received.ShouldAllBe(answer => answer.Value == expected[answer.Key]);
        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().UnderWay == 0,
            TestContext.Current.CancellationToken
        );
        scene.Plane.HasAnswer.ShouldBeFalse();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task<LongPollScene> StartAsync(
        string way,
        Func<RecordedRequest, Stream, CancellationToken, Task<bool>> answer,
        RouteAccess access,
        int calls = 20
    )
    {
        var path = Path.Combine(folder, "mcp.sock");
        var scene = new LongPollScene(
            way == UnixSocket ? RawUpstream.ScriptedAt(path, answer) : RawUpstream.Scripted(answer)
        );
        scene.Tunnel.Add(
            "docs",
            way == UnixSocket ? 1 : scene.Server.Port,
            access,
            RoutePolicy.Off,
            u => way == UnixSocket ? u with { SocketPath = path, HostHeader = "localhost" } : u
        );
        await scene.Tunnel.StartAsync();
        scene.StartAgent(s => s with { MaxCommands = calls });
        return scene;
    }

    private static async Task<bool> AnswerSessionAsync(
        RecordedRequest request,
        Stream stream,
        CancellationToken cancellationToken
    )
    {
        var response =
            request.BodyText.Contains("\"initialize\"", StringComparison.Ordinal)
                ? LongPollScene.Json(
                    """{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25"}}""",
                    headers: "Mcp-Session-Id: s-1\r\n"
                )
            : request.BodyText.Contains("notifications/initialized", StringComparison.Ordinal)
                ? "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
            : LongPollScene.Json(LongPollScene.Result);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(response), cancellationToken);
        return true;
    }

    private static async Task<bool> AnswerWithKeyAsync(
        RecordedRequest request,
        Stream stream,
        CancellationToken cancellationToken
    )
    {
        var response = request.Header("X-Api-Key") is [Secret]
            ? LongPollScene.Json(LongPollScene.Result)
            : "HTTP/1.1 403 No Key\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nno key";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(response), cancellationToken);
        return true;
    }

    private static async Task<bool> EchoAsync(
        RecordedRequest request,
        Stream stream,
        CancellationToken cancellationToken
    )
    {
        var call = JsonNode.Parse(request.Body)!;
        var result = Result((int)call["id"]!, (string)call["params"]!["arguments"]!["text"]!);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(LongPollScene.Json(result)), cancellationToken);
        return true;
    }

    private static string Result(int id, string text) =>
        $$$$"""{"jsonrpc":"2.0","id":{{{{id}}}},"result":{"content":[{"type":"text","text":"{{{{text}}}}"}]}}""";
}
