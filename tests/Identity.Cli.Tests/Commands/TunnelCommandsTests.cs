using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class TunnelCommandsTests : CommandTest
{
    private const string Tunnel =
        """{"id":"tnl_01a","type":"tunnel","display_name":"docs","domain":"d.example","archived_at":null,"später":"ü<&"}""";

    [Fact]
    public async Task Create_SendsTheNameAndTheKey()
    {
        Service.On("POST /v1/tunnels", Tunnel);

        var run = await Stage.RunAsync("tunnel", "create", "docs", "-o", "json");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.ToString().ShouldBe("POST /v1/tunnels");
        Last.Body.ShouldBe("""{"display_name":"docs"}""");
        Last.Headers["authorization"].ShouldBe("Bearer " + Harness.CliStage.Key);
        Last.Headers["content-type"].ShouldStartWith("application/json");
    }

    [Fact]
    public async Task Create_Json_IsTheWireUnaltered()
    {
        Service.On("POST /v1/tunnels", Tunnel);

        var run = await Stage.RunAsync("tunnel", "create", "docs", "-o", "json");

        run.Out.ShouldBe(Service.GetBody("POST /v1/tunnels") + "\n");
        run.Out.ShouldContain("\"später\":\"ü<&\"");
    }

    [Fact]
    public async Task Show_Name_IsResolvedThroughTheList()
    {
        Service
            .On("GET /v1/tunnels?limit=100", $$"""{"data":[],"next_page":"p 2"}""")
            .On("GET /v1/tunnels?limit=100&page=p%202", $$"""{"data":[{{Tunnel}}],"next_page":null}""")
            .On("GET /v1/tunnels/tnl_01a", Tunnel);

        var run = await Stage.RunAsync("tunnel", "show", "docs");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("d.example");
        Last.Target.ShouldBe("/v1/tunnels/tnl_01a");
    }

    [Fact]
    public async Task Inventory_ListsWhatWasCalledAndByWhom()
    {
        Service
            .On("GET /v1/tunnels/tnl_01a", Tunnel)
            .On(
                "GET /v1/tunnels/tnl_01a/inventory?route=docs&limit=2",
                """{"data":[{"route":"docs","kind":"tool","name":"get","allowed":3,"would_deny":41,"would_refuse":5,"last_subject":"alice"}],"next_page":"p2"}"""
            );

        var run = await Stage.RunAsync("tunnel", "inventory", "tnl_01a", "--route", "docs", "--limit", "2");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("get");
        run.Out.ShouldContain("alice");
        run.Out.ShouldContain("WOULD DENY");
        run.Out.ShouldContain(" 41 ");
        run.Error.ShouldContain("--page p2");
    }

    [Fact]
    public async Task Show_UnknownName_IsRefusedWithTheListAsNextStep()
    {
        Service.On("GET /v1/tunnels?limit=100", """{"data":[],"next_page":null}""");

        var run = await Stage.RunAsync("tunnel", "show", "nowhere");

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain("there is no tunnel named 'nowhere'");
        run.Error.ShouldContain("culvert tunnel list");
    }

    [Fact]
    public async Task Show_AmbiguousName_ListsTheIds()
    {
        var other = Tunnel.Replace("tnl_01a", "tnl_01b", StringComparison.Ordinal);
        Service.On("GET /v1/tunnels?limit=100", $$"""{"data":[{{Tunnel}},{{other}}],"next_page":null}""");

        var run = await Stage.RunAsync("tunnel", "show", "docs");

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain("tnl_01a tnl_01b");
    }

    [Fact]
    public async Task List_All_FollowsEveryPageWithTheSameQuery()
    {
        Service
            .On(
                "GET /v1/tunnels?limit=2&include_archived=true",
                """{"data":[{"id":"tnl_01c"},{"id":"tnl_01b"}],"next_page":"x"}"""
            )
            .On(
                "GET /v1/tunnels?limit=2&include_archived=true&page=x",
                """{"data":[{"id":"tnl_01a"}],"next_page":null}"""
            );

        var run = await Stage.RunAsync("tunnel", "list", "--limit", "2", "--all", "--include-archived", "-o", "name");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldBe("tnl_01c\ntnl_01b\ntnl_01a\n");
    }

    [Fact]
    public async Task List_AsATable_SaysOfEachWhetherItCarriesCalls()
    {
        Service
            .On(
                "GET /v1/tunnels",
                """
                {"data":[{"id":"tnl_01","display_name":"docs"},{"id":"tnl_02","display_name":"wiki"},
                  {"id":"tnl_03","display_name":"code"},
                  {"id":"tnl_04","display_name":"gone","archived_at":"2026-01-01T00:00:00Z"}],"next_page":null}
                """
            )
            .On("GET /v1/tunnels/tnl_01/status", """{"ready":true}""")
            .On("GET /v1/tunnels/tnl_02/status", """{"ready":false}""");

        var run = await Stage.RunAsync("tunnel", "list");

        run.ExitCode.ShouldBe(0, run.Error);
        var cells = run.Out.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        cells[0][..3].ShouldBe(["ID", "NAME", "CALLS"]);
        cells[1][2].ShouldBe("ready");
        cells[2][2..4].ShouldBe(["NOT", "READY"]);
        cells[3][2].ShouldBe("-", "the service did not say");
        Service.Requests.ShouldNotContain(request => request.ToString()!.Contains("/tunnels/tnl_04"));
        (await Stage.RunAsync("tunnel", "list", "-o", "json")).Out.ShouldNotContain("\"readiness\"");
    }

    [Fact]
    public async Task List_MorePages_IsNotedOnStandardError()
    {
        Service.On("GET /v1/tunnels", """{"data":[{"id":"tnl_01c"}],"next_page":"x"}""");

        var run = await Stage.RunAsync("tunnel", "list");

        run.Error.ShouldContain("--page x");
        run.Out.ShouldNotContain("--page x");
    }

    [Fact]
    public async Task Update_SendsOnlyWhatWasNamed()
    {
        Service.On("POST /v1/tunnels/tnl_01a", Tunnel);

        var run = await Stage.RunAsync([
            "tunnel",
            "update",
            "tnl_01a",
            "--client-range",
            "127.0.0.0/8",
            "--client-range",
            "::1/128",
            "--agent-range",
            "none",
            "--revision",
            "7",
        ]);

        run.ExitCode.ShouldBe(0, run.Error);
        JsonNode
            .DeepEquals(
                Last.Json,
                JsonNode.Parse(
                    """{"client_source_ranges":["127.0.0.0/8","::1/128"],"agent_source_ranges":[],"revision":7}"""
                )
            )
            .ShouldBeTrue(Last.Body);
    }

    [Fact]
    public async Task Update_Nothing_IsUsage() =>
        (await Stage.RunAsync("tunnel", "update", "tnl_01a")).ExitCode.ShouldBe(ExitCode.Usage);

    [Fact]
    public async Task Archive_WithoutTerminal_NeverAsksAndNeverSends()
    {
        Service.On("GET /v1/tunnels/tnl_01a", Tunnel);

        var run = await Stage.RunAsync("tunnel", "archive", "tnl_01a");

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain("--yes");
        Service.Requests.ShouldAllBe(r => r.Method == "GET");
    }

    [Theory]
    [InlineData("docs\n", ExitCode.Done)]
    [InlineData("dogs\n", ExitCode.Refused)]
    [InlineData("", ExitCode.Refused)]
    public async Task Archive_AtATerminal_GoesOnOnlyWithTheName(string typed, int exitCode)
    {
        Service.On("GET /v1/tunnels/tnl_01a", Tunnel).On("POST /v1/tunnels/tnl_01a/archive", Tunnel);
        Stage.Typed = typed;

        var run = await Stage.RunAsync("tunnel", "archive", "tnl_01a");

        run.ExitCode.ShouldBe(exitCode, run.Error);
        Service.Requests.Any(r => r.Method == "POST").ShouldBe(exitCode == 0);
    }

    [Fact]
    public async Task Archive_Yes_PostsWithoutBodyOrContentType()
    {
        Service.On("POST /v1/tunnels/tnl_01a/archive", Tunnel);

        var run = await Stage.RunAsync("tunnel", "archive", "tnl_01a", "--yes");

        run.ExitCode.ShouldBe(0, run.Error);
        Service.Requests.Count.ShouldBe(1);
        Last.Body.ShouldBeEmpty();
        Last.Headers.Keys.ShouldNotContain("content-type");
    }

    [Fact]
    public async Task TokenReveal_PrintsTheTokenAlone()
    {
        Service.On(
            "POST /v1/tunnels/tnl_01a/reveal_token",
            """{"id":"ttok_01","type":"tunnel_token","tunnel_token":"clv_tun_secret"}"""
        );

        var run = await Stage.RunAsync("tunnel", "token", "reveal", "tnl_01a");

        run.Out.ShouldBe("clv_tun_secret\n");
    }

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    [InlineData("yaml")]
    [InlineData("name")]
    public async Task TokenReveal_Out_WritesOwnerOnlyAndPrintsNoSecret(string format)
    {
        Service.On(
            "POST /v1/tunnels/tnl_01a/reveal_token",
            """{"id":"ttok_01","type":"tunnel_token","tunnel_token":"clv_tun_secret"}"""
        );
        var file = Path.Combine(Stage.Folder, "token");

        var run = await Stage.RunAsync("tunnel", "token", "reveal", "tnl_01a", "--out", file, "-o", format);

        (File.ReadAllText(file)).ShouldBe("clv_tun_secret\n");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (run.Out + run.Error).ShouldNotContain("clv_tun_secret");
    }

    [Fact]
    public async Task TokenRotate_SendsTheReason()
    {
        Service.On(
            "POST /v1/tunnels/tnl_01a/rotate_token",
            """{"id":"ttok_02","type":"tunnel_token","tunnel_token":"clv_tun_y"}"""
        );

        var run = await Stage.RunAsync(
            "tunnel",
            "token",
            "rotate",
            "tnl_01a",
            "--reason",
            "drill",
            "--yes",
            "-o",
            "json"
        );

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"reason":"drill"}""");
        run.Json["tunnel_token"]!.GetValue<string>().ShouldBe("clv_tun_y");
    }

    [Fact]
    public async Task TrustBundle_Out_WritesThePem()
    {
        Service.On(
            "GET /v1/tunnels/tnl_01a/trust_bundle",
            """{"type":"trust_bundle","tunnel_id":"tnl_01a","epoch":3,"pem":"-----BEGIN…\n"}"""
        );
        var file = Path.Combine(Stage.Folder, "bundle.pem");

        var run = await Stage.RunAsync("tunnel", "trust-bundle", "tnl_01a", "--out", file);

        run.ExitCode.ShouldBe(0, run.Error);
        (File.ReadAllText(file)).ShouldBe("-----BEGIN…\n");
        run.Out.ShouldBe(file + "\n");
    }

    [Fact]
    public async Task CertRegister_SendsThePem()
    {
        Service.On("POST /v1/tunnels/tnl_01a/certificates", """{"id":"tcrt_01"}""");
        var file = Stage.Write("corp.pem", "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n");

        var run = await Stage.RunAsync("tunnel", "cert", "register", "tnl_01a", "--file", file, "-o", "name");

        run.Out.ShouldBe("tcrt_01\n", run.Error);
        Last.Json!["ca_certificate_pem"]!.GetValue<string>().ShouldBe(File.ReadAllText(file));
    }

    [Theory]
    [InlineData("list", "GET /v1/tunnels/tnl_01a/certificates")]
    [InlineData("show tcrt_01", "GET /v1/tunnels/tnl_01a/certificates/tcrt_01")]
    [InlineData("archive tcrt_01 --yes", "POST /v1/tunnels/tnl_01a/certificates/tcrt_01/archive")]
    public async Task Cert_Verb_GoesToItsPath(string verb, string request)
    {
        Service.OnAny(request, """{"id":"tcrt_01","data":[],"next_page":null}""");
        var words = verb.Split(' ');

        var run = await Stage.RunAsync(["tunnel", "cert", words[0], "tnl_01a", .. words[1..]]);

        run.ExitCode.ShouldBe(0, run.Error);
        Last.ToString().ShouldBe(request);
    }
}
