using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class FederationCommandsTests : CommandTest
{
    private const string Issuers = "/v1/organizations/federation_issuers";
    private const string Rules = "/v1/organizations/federation_rules";

    [Fact]
    public async Task IssuerCreate_FlagsOfTheSameName_AreTheIssuersAfterTheNoun()
    {
        Service.On($"POST {Issuers}", """{"id":"fdis_01"}""");
        var corporateRoot = Stage.Write("corp.pem", "corp root");
        Stage.Variables.Remove(SettingVariables.Url);
        Stage.Variables.Remove(SettingVariables.CaFile);

        var run = await Stage.RunAsync([
            "--url",
            Service.Url.ToString(),
            "--ca-file",
            Stage.CaFile,
            "issuer",
            "create",
            "corp",
            "--url",
            "https://idp.example",
            "--ca-file",
            corporateRoot,
            "--allow",
            "127.0.0.0/8:9000",
            "--allow",
            "::1/128:9000",
        ]);

        run.ExitCode.ShouldBe(0, run.Error);
        ShouldBeJson(
            Last.Json,
            """
            {"name":"corp","issuer_url":"https://idp.example",
             "jwks":{"type":"discovery","ca_cert_pem":"corp root"},
             "allowed_targets":[{"cidr":"127.0.0.0/8","port":9000},{"cidr":"::1/128","port":9000}]}
            """
        );
    }

    [Fact]
    public async Task IssuerSignalsSet_PollUrl_SendsTheTokenOfTheFileAndNeverShowsIt()
    {
        Service.On($"POST {Issuers}/fdis_01/signals", """{"issuer_id":"fdis_01"}""");
        var token = Stage.Write("token", "hunter2-hunter2\nnot this");

        var run = await Stage.RunAsync([
            "issuer",
            "signals",
            "set",
            "fdis_01",
            "--transmitter",
            "https://idp.example",
            "--jwks-uri",
            "https://idp.example/keys",
            "--poll-url",
            "https://idp.example/poll",
            "--poll-token-file",
            token,
            "--verbose",
        ]);

        run.ExitCode.ShouldBe(0, run.Error);
        ShouldBeJson(
            Last.Json,
            """
            {"transmitter_issuer":"https://idp.example","jwks_uri":"https://idp.example/keys","enabled":true,
             "delivery":"poll","poll_url":"https://idp.example/poll","poll_token":"hunter2-hunter2"}
            """
        );
        (run.Out + run.Error).ShouldNotContain("hunter2-hunter2");
    }

    [Fact]
    public async Task IssuerCreate_JwksFile_SendsTheBareArray()
    {
        Service.On($"POST {Issuers}", """{"id":"fdis_01"}""");
        var keys = Stage.Write("jwks.json", """{"keys":[{"kty":"EC","kid":"a"}]}""");

        var run = await Stage.RunAsync([
            "issuer",
            "create",
            "corp",
            "--url",
            "https://idp.example",
            "--jwks-file",
            keys,
            "--replay-mode",
            "off",
            "--max-token-life",
            "1h",
        ]);

        run.ExitCode.ShouldBe(0, run.Error);
        ShouldBeJson(
            Last.Json,
            """
            {"name":"corp","issuer_url":"https://idp.example","jwks":{"type":"inline","keys":[{"kty":"EC","kid":"a"}]},
             "replay_mode":"off","max_jwt_lifetime_seconds":3600}
            """
        );
    }

    [Theory]
    [InlineData("--allow", "10.0.0.0/8")]
    [InlineData("--allow", "10.0.0.0/8:0")]
    [InlineData("--allow", "10.0.0.0/8:65536")]
    [InlineData("--allow", "10.0.0.1:443")]
    [InlineData("--max-token-life", "0s")]
    [InlineData("--max-token-life", "50h")]
    [InlineData("--replay-mode", "sometimes")]
    [InlineData("--tenancy", "mine")]
    [InlineData("--single-audience", "yes")]
    [InlineData("--stale-ok", "0s")]
    public async Task IssuerCreate_BadValue_IsUsageAndSendsNothing(string flag, string value)
    {
        var run = await Stage.RunAsync("issuer", "create", "corp", "--url", "https://idp.example", flag, value);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        Service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task IssuerCreate_Hygiene_IsSent()
    {
        Service.On($"POST {Issuers}", """{"id":"fdis_01"}""");

        var run = await Stage.RunAsync(
            (
                "issuer create corp --url https://idp.example --jwks-host keys.example --preset none --tenancy shared "
                + "--replay-mode window --replay-window 90s --algorithm RS256 --algorithm ES256 --token-type JWT "
                + "--single-audience true --allow-missing-kid false --caller-detail claim --stale-ok 2h --hard-expiry 24h"
            ).Split(' ')
        );

        run.ExitCode.ShouldBe(0, run.Error);
        ShouldBeJson(
            Last.Json,
            """
            {"name":"corp","issuer_url":"https://idp.example","jwks":{"type":"discovery","jwks_host":"keys.example"},
             "preset":null,"tenancy":"shared","replay_mode":"window","caller_detail":"claim","replay_window_seconds":90,
             "stale_ok_seconds":7200,"hard_expiry_seconds":86400,"algorithms":["RS256","ES256"],"types":["JWT"],
             "single_audience":true,"allow_missing_kid":false}
            """
        );
    }

    [Theory]
    [InlineData("--jwks-path cluster/jwks.json", """{"type":"file","path":"cluster/jwks.json"}""")]
    [InlineData(
        "--trust-domain a.test --jwks-url https://b.test",
        """{"type":"spiffe_bundle","trust_domain":"a.test","url":"https://b.test"}"""
    )]
    public async Task IssuerUpdate_KeySource_IsReplacedWhole(string flags, string jwks)
    {
        Service.On($"POST {Issuers}/fdis_01a", """{"id":"fdis_01a"}""");

        var run = await Stage.RunAsync(["issuer", "update", "fdis_01a", .. flags.Split(' ')]);

        run.ExitCode.ShouldBe(0, run.Error);
        ShouldBeJson(Last.Json, $$"""{"jwks":{{jwks}}}""");
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 2)]
    public async Task IssuerVerify_SaysByItsExitCode(bool accepted, int exitCode)
    {
        var answer = $$"""{"type":"federation_issuer_verification","accepted":{{(accepted ? "true" : "false")}}}""";
        Service.On($"POST {Issuers}/fdis_01a/verify", answer).On($"POST {Issuers}/verify", answer);

        (await Stage.RunAsync("issuer", "verify", "fdis_01a")).ExitCode.ShouldBe(exitCode);
        (await Stage.RunAsync("issuer", "verify", "--url", "https://idp.example")).ExitCode.ShouldBe(exitCode);
        ShouldBeJson(Last.Json, """{"name":"draft","issuer_url":"https://idp.example"}""");
        (await Stage.RunAsync("issuer", "verify")).ExitCode.ShouldBe(ExitCode.Usage);
    }

    [Theory]
    [InlineData("--kid k1", "kill", """{"reason":"stolen","kid":"k1"}""")]
    [InlineData("--all-keys", "kill", """{"reason":"stolen","key_set":true}""")]
    [InlineData("--issuer", "kill", """{"reason":"stolen","issuer":true}""")]
    [InlineData("--kid k1 --undo", "unkill", """{"reason":"stolen","kid":"k1"}""")]
    public async Task IssuerKill_SendsExactlyOneThing(string flags, string verb, string body)
    {
        Service.On($"POST {Issuers}/fdis_01a/{verb}", """{"type":"federation_issuer_kill"}""");

        var run = await Stage.RunAsync([
            "issuer",
            "kill",
            "fdis_01a",
            "--reason",
            "stolen",
            "--yes",
            .. flags.Split(' '),
        ]);

        run.ExitCode.ShouldBe(0, run.Error);
        ShouldBeJson(Last.Json, body);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--kid k1 --all-keys")]
    public async Task IssuerKill_NotExactlyOneThing_IsUsageAndSendsNothing(string flags)
    {
        var run = await Stage.RunAsync([
            "issuer",
            "kill",
            "fdis_01a",
            "--reason",
            "stolen",
            "--yes",
            .. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        Service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task IssuerResume_TurnsPollingOn()
    {
        Service.On($"POST {Issuers}/fdis_01a", """{"id":"fdis_01a"}""");

        (await Stage.RunAsync("issuer", "resume", "fdis_01a")).ExitCode.ShouldBe(0);

        ShouldBeJson(Last.Json, """{"jwks_polling_disabled":false}""");
    }

    [Fact]
    public async Task RuleCreate_ResolvesNamesAndTakesTheDefaultWorkspace()
    {
        Service
            .On($"GET {Issuers}?limit=100", """{"data":[{"id":"fdis_01","name":"corp"}],"next_page":null}""")
            .On(
                "GET /v1/organizations/service_accounts?limit=100",
                """{"data":[{"id":"svac_01","name":"agents"}],"next_page":null}"""
            )
            .On("GET /v1/tunnels?limit=100", """{"data":[{"id":"tnl_01","display_name":"docs"}],"next_page":null}""")
            .On(
                "GET /v1/organizations/workspaces?limit=100",
                """{"data":[{"id":"wrkspc_01","is_default":true}],"next_page":null}"""
            )
            .On($"POST {Rules}", """{"id":"fdrl_01"}""");

        var run = await Stage.RunAsync([
            .. "rule create agents --issuer corp --service-account agents --scope tunnel:agent --subject agent-1".Split(
                ' '
            ),
            .. "--audience https://id.example --claim client_id=agent --claim a=b=c --life 15m --tunnel docs".Split(
                ' '
            ),
        ]);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldContain("wrkspc_01");
        ShouldBeJson(
            Last.Json,
            """
            {"name":"agents","issuer_id":"fdis_01",
             "match":{"subject_prefix":"agent-1","audience":"https://id.example","claims":{"client_id":"agent","a":"b=c"}},
             "target":{"type":"service_account","service_account_id":"svac_01"},
             "oauth_scope":"tunnel:agent","token_lifetime_seconds":900,"tunnel_ids":["tnl_01"],"workspace_id":"wrkspc_01"}
            """
        );
    }

    [Fact]
    public async Task RuleCreate_Workspace_IsSentInBodyAndHeader()
    {
        Service.On($"POST {Rules}", """{"id":"fdrl_01"}""");
        Stage.Variables[SettingVariables.Workspace] = "wrkspc_07";

        var run = await Stage.RunAsync(
            "rule create edge --issuer fdis_01 --service-account svac_01 --scope edge:serve --edge edge_01".Split(' ')
        );

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Json!["workspace_id"]!.GetValue<string>().ShouldBe("wrkspc_07");
        Last.Json["edge_ids"]!.ToJsonString().ShouldBe("""["edge_01"]""");
        Last.Headers["anthropic-workspace-id"].ShouldBe("wrkspc_07");
    }

    [Fact]
    public async Task RuleUpdate_OneCondition_KeepsTheOthers()
    {
        Service
            .On(
                $"GET {Rules}/fdrl_01",
                """{"id":"fdrl_01","match":{"subject_prefix":"a","audience":"x","claims":{"k":"v"}}}"""
            )
            .On($"POST {Rules}/fdrl_01", """{"id":"fdrl_01"}""");

        var run = await Stage.RunAsync("rule", "update", "fdrl_01", "--subject", "b");

        run.ExitCode.ShouldBe(0, run.Error);
        ShouldBeJson(Last.Json, """{"match":{"subject_prefix":"b","audience":"x","claims":{"k":"v"}}}""");
    }

    [Theory]
    [InlineData("k")]
    [InlineData("=v")]
    public async Task RuleUpdate_BadClaim_IsUsage(string claim)
    {
        Service.On($"GET {Rules}/fdrl_01", """{"id":"fdrl_01","match":{}}""");

        (await Stage.RunAsync("rule", "update", "fdrl_01", "--claim", claim)).ExitCode.ShouldBe(ExitCode.Usage);
    }

    [Fact]
    public async Task ServiceAccountCreate_DefaultsToDeveloper()
    {
        Service.On("POST /v1/organizations/service_accounts", """{"id":"svac_01"}""");

        var run = await Stage.RunAsync("service-account", "create", "agents", "--description", "all agents");

        run.ExitCode.ShouldBe(0, run.Error);
        ShouldBeJson(Last.Json, """{"name":"agents","organization_role":"developer","description":"all agents"}""");
    }

    private static void ShouldBeJson(JsonNode? actual, string expected) =>
        JsonNode.DeepEquals(actual, JsonNode.Parse(expected)).ShouldBeTrue(actual?.ToJsonString());
}
