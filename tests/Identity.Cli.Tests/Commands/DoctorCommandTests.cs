using Culvert.Identity.Cli.Tests.Harness;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class DoctorCommandTests : CommandTest
{
    [Fact]
    public async Task EverythingWell_ProvesTheCall()
    {
        Prepare();
        Service.On("POST /mcp", """{"jsonrpc":"2.0","id":1,"result":{}}""");

        var run = await RunAsync("--token-file", Stage.Write("bearer", "caller-token\n"));

        run.ExitCode.ShouldBe(0, run.Out + run.Error);
        run.Out.ShouldContain("CHECK call               PASS  A call reached the MCP server");
        Last.Headers["host"].ShouldBe($"docs.test:{Service.Url.Port}");
        Last.Headers["authorization"].ShouldBe("Bearer caller-token");
        Last.Body.ShouldContain("\"initialize\"");
        run.Out.ShouldNotContain("caller-token");
    }

    [Fact]
    public async Task AgentWantsAToken_ProvesTheTunnel()
    {
        Prepare();
        Service.On("POST /mcp", "{}", 401);

        var run = await RunAsync();

        run.ExitCode.ShouldBe(0, run.Out);
        run.Out.ShouldContain("reached the agent, which wants a token");
    }

    [Fact]
    public async Task FailedHop_IsNamed()
    {
        Prepare();
        Service.AnswerHeaders["culvert-failed-hop"] = "upstream";
        Service.AnswerHeaders["culvert-reason"] = "upstream.connect";
        Service.On("POST /mcp", "{}", 502);

        var run = await RunAsync();

        run.ExitCode.ShouldBe(ExitCode.CheckFailed);
        run.Out.ShouldContain("failed at hop upstream: 502");
        run.Out.ShouldContain("FAILED_CHECKS call");
    }

    [Fact]
    public async Task EdgeAway_SaysWhatItMeans()
    {
        Prepare();

        var run = await Stage.RunAsync("doctor", "--connect-to", "127.0.0.1:1");

        run.ExitCode.ShouldBe(ExitCode.CheckFailed);
        run.Out.ShouldContain("only the tunnel's client ranges may call");
    }

    [Fact]
    public async Task TunnelNotReady_IsNamed()
    {
        Prepare("""{"tunnel_id":"tnl_01","domain":"test","ready":false,"problems":["no_live_agent"]}""");

        var run = await RunAsync("--check", "tunnels_ready");

        run.ExitCode.ShouldBe(ExitCode.CheckFailed);
        run.Out.ShouldContain("no_live_agent");
    }

    [Fact]
    public async Task ServiceAway_SkipsTheRest()
    {
        var run = await Stage.RunAsync("doctor", "--url", "https://127.0.0.1:1", "-o", "json");

        run.ExitCode.ShouldBe(ExitCode.CheckFailed);
        run.Json["checks"]!
            .AsArray()
            .Select(check => (string?)check!["status"])
            .ShouldBe(["fail", "skip", "skip", "skip", "skip"]);
    }

    [Fact]
    public async Task BadKey_FailsTheCredentialAlone()
    {
        Service.On("GET /healthz", "{}");
        Service.On(
            "GET /v1/organizations/current",
            """{"type":"error","error":{"type":"authentication_error","message":"no"},"request_id":"req_1"}""",
            401
        );

        var run = await RunAsync();

        run.ExitCode.ShouldBe(ExitCode.CheckFailed);
        run.Out.ShouldContain("FAILED_CHECKS credential\n");
    }

    // The scripted server plays service, edge, agent and MCP server.
    private void Prepare(string status = """{"tunnel_id":"tnl_01","domain":"test","ready":true,"problems":[]}""") =>
        Service
            .On("GET /healthz", "{}")
            .On("GET /v1/organizations/current", """{"id":"aaaa","name":"acme"}""")
            .On("GET /v1/tunnels?limit=100", """{"data":[{"id":"tnl_01","display_name":"docs"}],"next_page":null}""")
            .On("GET /v1/tunnels/tnl_01/status", status)
            .On(
                "GET /v1/tunnels/tnl_01/agents",
                """{"data":[{"id":"agt_01","routes":[{"name":"docs"}]}],"next_page":null}"""
            )
            .On(
                "GET /v1/tunnels/tnl_01/trust_bundle",
                new System.Text.Json.Nodes.JsonObject
                {
                    ["pem"] = TestCertificates.Shared.Root.ExportCertificatePem(),
                }.ToJsonString()
            );

    private Task<CliRun> RunAsync(params string[] more) =>
        Stage.RunAsync([
            "doctor",
            "--connect-to",
            $"127.0.0.1:{Service.Url.Port}",
            "--port",
            $"{Service.Url.Port}",
            .. more,
        ]);
}
