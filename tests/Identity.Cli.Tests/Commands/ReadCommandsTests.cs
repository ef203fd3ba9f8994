using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class ReadCommandsTests : CommandTest
{
    [Theory]
    [InlineData("organization show", "GET /v1/organizations/current")]
    [InlineData("organization list", "GET /v1/organizations")]
    [InlineData("workspace list", "GET /v1/organizations/workspaces")]
    [InlineData("whoami", "GET /v1/organizations/current")]
    [InlineData("cert list --tunnel tnl_01 --serial 0A:FF", "GET /v1/certificates?tunnel_id=tnl_01&serial=0aff")]
    [InlineData("agent list --tunnel tnl_01 --state live", "GET /v1/agents?tunnel_id=tnl_01&state=live")]
    [InlineData("secrets list", "GET /v1/static_secrets")]
    [InlineData("secrets list --tunnel tnl_01 --limit 5", "GET /v1/static_secrets?tunnel_id=tnl_01&limit=5")]
    [InlineData("history list --denied --limit 5", "GET /v1/authentication_history?decision=denied&limit=5")]
    [InlineData("audit list --page p", "GET /v1/audit?page=p")]
    [InlineData(
        "audit list --event tunnel_* --actor key_x --actor-type person --subject s --resource ca_x --outcome denied "
            + "--since 2026-01-31T12:00:00Z --until 2026-02-01T00:00:00Z --request req_x",
        "GET /v1/audit?event=tunnel_%2A&actor=key_x&actor_type=person&subject=s&resource=ca_x&outcome=denied"
            + "&since=2026-01-31T12%3A00%3A00Z&until=2026-02-01T00%3A00%3A00Z&request_id=req_x"
    )]
    [InlineData("edge list", "GET /v1/edges")]
    [InlineData("issuer list --include-archived", "GET /v1/organizations/federation_issuers?include_archived=true")]
    [InlineData("rule list --issuer fdis_01", "GET /v1/organizations/federation_rules?issuer_id=fdis_01")]
    [InlineData("service-account list", "GET /v1/organizations/service_accounts")]
    [InlineData("ca list --tunnel tnl_01", "GET /v1/certificate_authorities?tunnel_id=tnl_01")]
    [InlineData("tunnel status tnl_01", "GET /v1/tunnels/tnl_01/status")]
    [InlineData("issuer show fdis_01", "GET /v1/organizations/federation_issuers/fdis_01")]
    [InlineData("rule show fdrl_01", "GET /v1/organizations/federation_rules/fdrl_01")]
    [InlineData("service-account show svac_01", "GET /v1/organizations/service_accounts/svac_01")]
    [InlineData("edge show edge_01", "GET /v1/edges/edge_01")]
    [InlineData("ca show ca_01", "GET /v1/certificate_authorities/ca_01")]
    public async Task Verb_AsksItsPath_InEveryFormat(string line, string request)
    {
        Service.OnAny(request, """{"id":"x_01","name":"acme","data":[{"id":"x_01"}],"next_page":null}""");
        foreach (var format in new[] { "table", "json", "yaml", "name" })
        {
            var run = await Stage.RunAsync([.. line.Split(' '), "-o", format]);

            run.ExitCode.ShouldBe(0, run.Error);
            run.Out.ShouldNotBeEmpty();
            Last.ToString().ShouldBe(request);
        }
    }

    [Theory]
    [InlineData("edge archive edge_01", "POST /v1/edges/edge_01/archive")]
    [InlineData("issuer archive fdis_01", "POST /v1/organizations/federation_issuers/fdis_01/archive")]
    [InlineData("rule archive fdrl_01", "POST /v1/organizations/federation_rules/fdrl_01/archive")]
    [InlineData("service-account archive svac_01", "POST /v1/organizations/service_accounts/svac_01/archive")]
    public async Task Archive_Yes_PostsToItsPath(string line, string request)
    {
        Service.On(request, """{"id":"x_01"}""");

        var run = await Stage.RunAsync([.. line.Split(' '), "--yes"]);

        run.ExitCode.ShouldBe(0, run.Error);
        Service.Requests.Single().ToString().ShouldBe(request);
    }

    [Fact]
    public async Task CertShow_OpensslSpelling_FindsTheOne()
    {
        Service.On(
            "GET /v1/certificates?serial=0aff",
            """{"data":[{"id":"cert_01","serial":"0aff"}],"next_page":null}"""
        );

        var run = await Stage.RunAsync("cert", "show", "serial=0AFF", "-o", "json");

        run.Json["id"]!.GetValue<string>().ShouldBe("cert_01");
    }

    [Fact]
    public async Task CertShow_IdOfAList_FindsTheOne()
    {
        Service.On("GET /v1/certificates/cert_01", """{"id":"cert_01","serial":"0aff"}""");

        var run = await Stage.RunAsync("cert", "show", "cert_01", "-o", "json");

        run.Json["serial"]!.GetValue<string>().ShouldBe("0aff");
    }

    [Fact]
    public async Task PlatformRootPrepare_AsName_IsTheNewRoot()
    {
        Service.On(
            "POST /v1/platform_ca/roots",
            """{"epoch":2,"roots":[{"id":"ca_02","state":"staged"},{"id":"ca_01","state":"active"}],"missing":[]}"""
        );

        (await Stage.RunAsync("platform-root", "prepare", "-o", "name")).Out.ShouldBe("ca_02\n");
    }

    [Fact]
    public async Task Explain_KnownRequest_PrintsItsEntry()
    {
        Service.On(
            "GET /v1/authentication_history/req_01",
            """{"request_id":"req_01","decision":"denied","reason":"jti_reused"}"""
        );

        (await Stage.RunAsync("explain", "req_01")).Out.ShouldContain("jti_reused");
    }

    [Fact]
    public async Task Explain_UnknownRequest_IsRefused()
    {
        Service.On(
            "GET /v1/authentication_history/req_01",
            """{"type":"error","error":{"type":"not_found_error","message":"m","details":{"error_code":"request.not_found"}}}""",
            404
        );

        (await Stage.RunAsync("explain", "req_01")).ExitCode.ShouldBe(ExitCode.Refused);
    }

    [Fact]
    public async Task AgentList_All_ReadsEveryPage()
    {
        Service
            .On("GET /v1/agents", """{"data":[{"id":"agt_01"}],"next_page":"p2"}""")
            .On("GET /v1/agents?page=p2", """{"data":[{"id":"agt_02"}],"next_page":null}""");

        (await Stage.RunAsync("agent", "list", "--all", "-o", "name")).Out.ShouldBe("agt_01\nagt_02\n");
    }

    [Theory]
    [InlineData("5255999", "5255999 s (61 days)")]
    [InlineData("172799", "172799 s (48 h)")]
    [InlineData("90", "90 s (90 s)")]
    [InlineData("null", "-")]
    public async Task CaShow_LongestLeafLife_IsForPeople(string seconds, string shown)
    {
        Service.On("GET /v1/certificate_authorities/ca_01", $$"""{"id":"ca_01","max_leaf_life":{{seconds}}}""");

        var run = await Stage.RunAsync("ca", "show", "ca_01");

        run.Out.Split('\n').ShouldContain(line => line.StartsWith("max_leaf_life") && line.EndsWith(shown));
    }

    [Fact]
    public async Task Quiet_NotesNothing()
    {
        Service.On("GET /v1/tunnels", """{"data":[],"next_page":"x"}""");

        (await Stage.RunAsync("tunnel", "list", "--quiet")).Error.ShouldBeEmpty();
    }
}
