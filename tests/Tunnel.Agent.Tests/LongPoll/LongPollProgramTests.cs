using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Launching;
using Culvert.Platform.Net;
using Culvert.Platform.Programs;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Tests.Support;
using RecordedRequest = Culvert.Tunnel.Agent.Tests.Support.RecordedRequest;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>The real program, as the build leaves it, as a process of its own.</summary>
public sealed class LongPollProgramTests : IAsyncDisposable
{
    private static readonly string Held = LongPollScene.Call.Replace("echo", "hold", Ordinal);

    private const StringComparison Ordinal = StringComparison.Ordinal;

    // Each would do something in a shell: substitute, separate, expand, redirect, quote.
    private static readonly string[] Metacharacters =
    [
        "$(id)",
        "`id`",
        ";",
        "&& exit 1",
        "| cat",
        "*",
        "$HOME",
        "> out",
        "it's \"quoted\" \\",
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-agent-").FullName;
    private readonly TunnelPki pki = new();
    private ProgramProcess? agent;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string LogFile => Path.Combine(folder, "agent.log");

    [Fact] // real binaries as subprocess: HTTP, stdio and harpoon in one tunnel; shell metacharacters literal
    public async Task Run_Program_ServesEachChannelAndEndsInOrder()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = RawUpstream.Scripted(
            (r, stream, stop) => AnswerAsync(r, stream, release.Task, stop)
        );
        await using var target = RawUpstream.Answering(HarpoonScene.Answer("pong"));
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var plane = new ControlPlaneDouble(pki.Server("localhost"));
        var health = LoopbackPort.Free();
        Start(
            LongPollFolder.Write(
                folder,
                service,
                pki,
                plane.Port,
                upstream.Port,
                target.Port,
                health,
                $"files: {{upstream: {{stdio: {{command: {Command()}}}}}, oauth: {{mode: dangerous_none}}}}",
                "{main: {route: docs}, files: {route: files}, harpoon: {route: callouts}}",
                drain: "1m"
            )
        );

        plane.Enqueue(LongPollScene.Call);
        (await NextAnswerAsync(plane)).Json.ShouldBe(LongPollScene.Result);
        (await CallProgramAsync(plane)).ShouldBe(Metacharacters);
        plane.Enqueue(
            HarpoonScene.Use("call_target", """{"label":"tickets","method":"GET"}"""),
            change: c => c["channel"] = "harpoon"
        );
        HarpoonScene.BodyOf(HarpoonScene.Read(await NextAnswerAsync(plane))).ShouldBe("pong");
        await ExpectHealthAsync(health);

        // A call that is under way when the program has to end is answered first.
        var held = plane.Enqueue(Held);
        await upstream.NextAsync(); // the first call
        await upstream.NextAsync().AsTask().WaitAsync(Eventually.Limit, Token);
        Signals.Send(agent!.Stamp, Signals.Terminate).ShouldBeTrue();
        await Eventually.UntilAsync(
            () => ReadLog().Contains("the agent stopped polling", Ordinal),
            Token,
            details: ReadLog
        );
        release.SetResult();
        var last = await NextAnswerAsync(plane);

        (last.RequestId, last.Code).ShouldBe((held, 200));
        (await agent.WaitForEndAsync(Eventually.Limit, Token)).ShouldBeTrue(ReadLog());
        agent.ExitCode.ShouldBe(ExitCodes.Done, ReadLog());
        ReadLog().ShouldNotContain(LongPollScene.ApiKey);
    }

    [Theory]
    [InlineData(ExitCodes.Done, "import-tunnel-client", "--help")]
    [InlineData(ExitCodes.Usage, "--hepl", "run", "--hepl")]
    [InlineData(ExitCodes.Configuration, "tunnels[0].api_key", "run", "--config", "agent.yaml")]
    public async Task Program_ThatDoesNotServe_SaysWhyByItsStatus(int status, string text, params string[] arguments)
    {
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        var file = LongPollFolder.Write(folder, service, pki, plane: 1, upstream: 1);
        var written = await File.ReadAllTextAsync(file, Token);
        await File.WriteAllTextAsync(file, written.Replace("file:key", LongPollScene.ApiKey, Ordinal), Token);

        Start(arguments);

        (await agent!.WaitForEndAsync(Eventually.Limit, Token)).ShouldBeTrue(ReadLog());
        agent.ExitCode.ShouldBe(status, ReadLog());
        ReadLog().ShouldContain(text);
        ReadLog().ShouldNotContain(LongPollScene.ApiKey); // a secret in the place of its reference
    }

    public async ValueTask DisposeAsync()
    {
        if (agent is not null)
        {
            await agent.KillAsync(CancellationToken.None);
            agent.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }

    private static string Command() =>
        $"[{string.Join(", ", new[] { "node", StdioFixture.Peer("scripted-child.mjs") }.Concat(Metacharacters).Select(word => $"'{word.Replace("'", "''", Ordinal)}'"))}]";

    private void Start(string file) => Start("run", "--config", file);

    private void Start(params string[] arguments)
    {
        var program = CheckoutFolder.GetPath("src/Tunnel.Agent/bin/Release/net10.0/tunnel-agent");
        var command = new ProgramCommand("tunnel-agent", program, arguments, new Dictionary<string, string>(), folder)
        {
            EndsWithCaller = true,
        };
        agent = new ProgramProcess(command, LogFile, TimeProvider.System);
        agent.Start();
    }

    private static async Task<bool> AnswerAsync(
        RecordedRequest request,
        Stream stream,
        Task release,
        CancellationToken cancellationToken
    )
    {
        if (request.BodyText.Contains("hold", Ordinal))
        {
            await release.WaitAsync(cancellationToken);
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes(LongPollScene.Json(LongPollScene.Result)), cancellationToken);
        return true;
    }

    // The arguments as the program got them.
    private async Task<string[]> CallProgramAsync(ControlPlaneDouble plane)
    {
        plane.Enqueue(
            """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""",
            change: c => c["channel"] = "files"
        );
        var session = (await NextAnswerAsync(plane)).Header("Mcp-Session-Id").ShouldNotBeNull();
        plane.Enqueue(
            """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"where","arguments":{}}}""",
            change: c =>
            {
                c["channel"] = "files";
                c["headers"] = new JsonObject
                {
                    ["Mcp-Session-Id"] = new JsonArray(session),
                    ["MCP-Protocol-Version"] = new JsonArray("2025-11-25"),
                };
            }
        );
        var answer = JsonNode.Parse((await NextAnswerAsync(plane)).Json!)!;
        var where = JsonNode.Parse((string)answer["result"]!["content"]![0]!["text"]!)!;
        return where["argv"].Deserialize<string[]>()!;
    }

    private static async Task ExpectHealthAsync(int port)
    {
        using var client = new HttpClient(OutboundHttp.CreateHandler())
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        };
        (await client.GetAsync(new Uri("/healthz", UriKind.Relative), Token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var readyz = await client.GetAsync(new Uri("/readyz", UriKind.Relative), Token);
        var ready = JsonNode.Parse(await readyz.Content.ReadAsStringAsync(Token))!;
        var check = ready["checks"]!.AsArray().Single(c => (string)c!["name"]! == "long_poll")!;
        ((bool)check["ready"]!).ShouldBeTrue(check.ToJsonString());

        // An answer is counted when the control plane has taken it, a moment after that has received it.
        var series =
            $"culvert_agent_long_poll_commands_total{{tunnel=\"{ControlPlaneDouble.TunnelId}\",outcome=\"answered\"}} 4";
        var metrics = "";
        await Eventually.UntilAsync(
            async () =>
            {
                metrics = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token);
                return metrics.Contains(series, Ordinal);
            },
            Token,
            details: () => $"{series} is not among the metrics: {metrics}"
        );
    }

    private async Task<ReceivedAnswer> NextAnswerAsync(ControlPlaneDouble plane)
    {
        try
        {
            return await plane.NextAnswerAsync().AsTask().WaitAsync(Eventually.Limit, Token);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"No answer has come. The log:\n{ReadLog()}");
        }
    }

    private string ReadLog() => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";
}
