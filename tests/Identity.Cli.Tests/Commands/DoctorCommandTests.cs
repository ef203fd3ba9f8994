using System.Net;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Tests.Harness;
using Culvert.Platform.Doctor;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class DoctorCommandTests : CommandTest
{
    private const string Metadata = "GET /.well-known/oauth-protected-resource";

    [Fact]
    public async Task EverythingWell_ProvesTheCall()
    {
        Prepare();
        Service.OnForeign("POST /mcp", """{"jsonrpc":"2.0","id":1,"result":{}}""");

        var run = await RunAsync("--token-file", Stage.Write("bearer", "caller-token\n"));

        run.ExitCode.ShouldBe(0, run.Out + run.Error);
        run.Out.ShouldContain("CHECK call               PASS  A call reached the MCP server");
        Last.Headers["host"].ShouldBe($"docs.test:{Service.Url.Port}");
        Last.Headers["authorization"].ShouldBe("Bearer caller-token");
        Last.Body.ShouldContain("\"server/discover\"");
        Last.Headers["mcp-protocol-version"].ShouldBe("2026-07-28");
        run.Out.ShouldNotContain("caller-token");
    }

    [Fact]
    public async Task AgentWantsAToken_ProvesTheTunnel()
    {
        Prepare();
        Service.OnForeign("POST /mcp", "{}", 401);

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
        Service.OnForeign("POST /mcp", "{}", 502);

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
        run.Out.ShouldContain("No edge accepts connections at 127.0.0.1:1");
        run.Out.ShouldContain("port: 443, because this credential may not list the edges");
        run.Out.ShouldNotContain("inner exception");
    }

    [Fact]
    public async Task CallFails_ShowsWhatTheAgentsFoundThemselves()
    {
        Prepare();
        Service.On(
            "GET /v1/tunnels/tnl_01/agents",
            """
            {"data":[{"id":"agt_01","instance_id":"a1","routes":[{"name":"docs"}],"doctor":{"checks":[
              {"id":"edges","status":"pass","summary":"Every edge is connected.","next":""},
              {"id":"inner_certificate","status":"fail","summary":"It ended 5 s ago.","next":""}]}}],"next_page":null}
            """
        );

        var run = await Stage.RunAsync("doctor", "--connect-to", "127.0.0.1:1");

        run.Out.ShouldContain("agent a1: inner_certificate: It ended 5 s ago.");
        run.Out.ShouldNotContain("Every edge is connected.");
        run.Out.ShouldContain("NEXT No program listens at 127.0.0.1:1: start the edge there");
    }

    [Fact]
    public async Task ServerOfAnOlderRevision_IsAskedAsItKnows_AndItsSessionEnds()
    {
        Prepare();
        Service.AnswerHeaders["mcp-session-id"] = "session-1";
        Service
            .OnNext(
                "POST /mcp",
                [
                    (200, """{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no such method"}}"""),
                    (200, """{"jsonrpc":"2.0","id":1,"result":{}}"""),
                ],
                then: () => { },
                isForeign: true
            )
            .OnForeign("DELETE /mcp", "{}");

        var run = await RunAsync();

        run.ExitCode.ShouldBe(0, run.Out);
        run.Out.ShouldContain("came back (MCP 2025-11-25)");
        Last.Method.ShouldBe("DELETE");
        Last.Headers["mcp-session-id"].ShouldBe("session-1");
    }

    [Fact]
    public async Task Path_IsWhatTheRoutesMetadataNames_OnTheSameHost()
    {
        Prepare();
        Service
            .OnForeign(Metadata, """{"resource":"https://elsewhere.test/v1/tools"}""")
            .OnForeign("POST /v1/tools", """{"jsonrpc":"2.0","id":1,"result":{}}""");

        var run = await RunAsync();

        run.ExitCode.ShouldBe(0, run.Out);
        run.Out.ShouldContain($"POST https://docs.test:{Service.Url.Port}/v1/tools returned 200");
    }

    [Fact] // the call, and with it the token, goes to no other host
    public async Task Path_ThatLooksLikeAHost_StaysAPath()
    {
        Prepare();
        Service
            .OnForeign(Metadata, """{"resource":"https://docs.test//127.0.0.1:1/mcp"}""")
            .OnForeign("POST //127.0.0.1:1/mcp", """{"jsonrpc":"2.0","id":1,"result":{}}""");

        var run = await RunAsync();

        run.Out.ShouldContain($"POST https://docs.test:{Service.Url.Port}//127.0.0.1:1/mcp returned");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"resource":1}""")]
    [InlineData("""{"resource":"http://docs.test/v1/tools"}""")]
    [InlineData("not JSON")]
    public async Task Path_MetadataNamesNone_IsTheUsualOneAndSaid(string metadata)
    {
        Prepare();
        Service.OnForeign(Metadata, metadata);

        var run = await RunAsync();

        run.ExitCode.ShouldBe(ExitCode.CheckFailed);
        run.Out.ShouldContain($"POST https://docs.test:{Service.Url.Port}/mcp returned");
        run.Out.ShouldContain(
            "path: /mcp, because /.well-known/oauth-protected-resource of the host names none: --path names another"
        );
    }

    [Fact]
    public async Task Path_Given_IsCalledAsItIs()
    {
        Prepare();
        Service
            .OnForeign(Metadata, """{"resource":"https://docs.test/v1/tools"}""")
            .OnForeign("POST /other", """{"jsonrpc":"2.0","id":1,"result":{}}""");

        var run = await RunAsync("--path", "/other");

        run.ExitCode.ShouldBe(0, run.Out);
        run.Out.ShouldContain("/other returned 200");
    }

    [Fact]
    public async Task Port_IsWhatTheTunnelsEdgeReports()
    {
        Prepare(
            """{"tunnel_id":"tnl_01","domain":"test","ready":true,"problems":[],"edges":[{"id":"edge_02","live":false},{"id":"edge_01","live":true}]}"""
        );
        Service
            .OnForeign("POST /mcp", """{"jsonrpc":"2.0","id":1,"result":{}}""")
            .On(
                "GET /v1/edges?limit=100",
                $$"""{"data":[{"id":"edge_01","name":"east","public_port":{{Service.Url.Port}}},{"id":"edge_02","name":"west","public_port":1}],"next_page":null}"""
            );

        var run = await Stage.RunAsync("doctor", "--connect-to", "127.0.0.1");

        run.ExitCode.ShouldBe(0, run.Out);
        Last.Headers["host"].ShouldBe($"docs.test:{Service.Url.Port}");
    }

    [Fact]
    public async Task PublicCertificate_IsJudgedByThePublicRoots()
    {
        Service.OnForeign("POST /mcp", """{"jsonrpc":"2.0","id":1,"result":{}}""");
        var target = new CallTarget(
            new Uri($"https://docs.test:{Service.Url.Port}/mcp"),
            new IPEndPoint(IPAddress.Loopback, Service.Url.Port),
            [],
            Token: null
        );

        var byPublicRoots = await new CallProbe(
            target with
            {
                PublicRoots = [TestCertificates.Shared.Root],
            },
            TimeSpan.FromSeconds(30)
        ).RunAsync(TestContext.Current.CancellationToken);
        var byNone = await new CallProbe(target with { PublicRoots = [] }, TimeSpan.FromSeconds(30)).RunAsync(
            TestContext.Current.CancellationToken
        );

        byPublicRoots.Status.ShouldBe(DoctorStatus.Pass, byPublicRoots.Summary);
        byNone.Status.ShouldBe(DoctorStatus.Fail);
        byNone.Summary.ShouldNotContain("inner exception");
    }

    [Theory] // as clients read it: the server knows the newest revision, so no older one is tried
    [InlineData("application/json; charset=utf8", "\uFEFF{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":{}}")]
    [InlineData("text/event-stream", "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\r\r")]
    [InlineData("text/event-stream", "\uFEFFdata: {\"jsonrpc\":\"2.0\",\r\ndata: \"id\":1,\"result\":{}}\r\n\r\n")]
    [InlineData("Text/Event-Stream;", ": hi\n\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n")]
    public async Task AnswerInAnyForm_IsTheServers(string type, string answer)
    {
        Service.AnswerHeaders["content-type"] = type;
        Service.OnForeign("POST /mcp", answer);

        var finding = await ProbeAsync();

        finding.Status.ShouldBe(DoctorStatus.Pass, finding.Summary);
        finding.Summary.ShouldContain("(MCP 2026-07-28)");
    }

    [Fact] // the event never ended, so it is none
    public async Task StreamCutWithinAnEvent_IsNoAnswerToTheNewestRevision()
    {
        Service.AnswerHeaders["content-type"] = "text/event-stream";
        Service.OnForeign("POST /mcp", "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n");

        var finding = await ProbeAsync();

        finding.Summary.ShouldNotContain("(MCP 2026-07-28)");
        Last.Body.ShouldContain("\"initialize\"");
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

    private Task<DoctorFinding> ProbeAsync()
    {
        var target = new CallTarget(
            new Uri($"https://docs.test:{Service.Url.Port}/mcp"),
            new IPEndPoint(IPAddress.Loopback, Service.Url.Port),
            [TestCertificates.Shared.Root],
            Token: null
        );
        return new CallProbe(target, TimeSpan.FromSeconds(30)).RunAsync(TestContext.Current.CancellationToken);
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
