using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class TokenCommandsTests : CommandTest
{
    private const string Keys =
        """{"data":[{"id":"k2","state":"published"},{"id":"k1","state":"signing"}],"next_page":null}""";

    [Fact]
    public async Task Introspect_SendsAFormAndPrintsTheAnswer()
    {
        Service.On("POST /v1/oauth/introspect", """{"active":true,"sub":"svac_01a"}""");
        var file = Stage.Write("token", "a.b.c\n");

        var run = await Stage.RunAsync("token", "introspect", "--file", file, "-o", "json");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("svac_01a");
        Last.Body.ShouldBe("token=a.b.c");
        Last.Headers["content-type"].ShouldBe("application/x-www-form-urlencoded");
    }

    [Fact]
    public async Task Introspect_Inactive_IsExitCodeTwo()
    {
        Service.On("POST /v1/oauth/introspect", """{"active":false}""");

        Stage.Typed = "a.b.c";

        var run = await Stage.RunAsync("token", "introspect");

        run.ExitCode.ShouldBe(ExitCode.CheckFailed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("<html>")]
    public async Task Introspect_NoObject_IsNotTheService(string answer)
    {
        Service.OnAny("POST /v1/oauth/introspect", answer);
        Stage.Typed = "a.b.c";

        var run = await Stage.RunAsync("token", "introspect");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("this server is not the identity service");
    }

    [Theory]
    [InlineData("introspect")]
    [InlineData("revoke")]
    public async Task Form_Refused_CarriesTheReasonAndNotTheToken(string verb)
    {
        Service.On(
            $"POST /v1/oauth/{verb}",
            """{"type":"error","error":{"type":"permission_error","message":"not yours"},"request_id":"req_01test"}""",
            403
        );
        Stage.Typed = "a.b.secret-signature";

        var run = await Stage.RunAsync("token", verb);

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain("not yours");
        run.Error.ShouldContain("req_01test");
        (run.Out + run.Error).ShouldNotContain("secret-signature");
    }

    [Fact]
    public async Task Revoke_EmptyAnswer_IsSuccess()
    {
        Service.On("POST /v1/oauth/revoke", "");

        Stage.Typed = "a.b.c\n";

        var run = await Stage.RunAsync("token", "revoke");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("token=a.b.c");
    }

    [Fact]
    public async Task Revoke_NoToken_IsUsage()
    {
        Stage.Typed = "\n";

        var run = await Stage.RunAsync("token", "revoke");

        run.ExitCode.ShouldBe(ExitCode.Usage);
    }

    [Theory]
    [InlineData("--id jti", """{"kind":"token","token_id":"jti"}""")]
    [InlineData("--family fam --reason leak", """{"kind":"family","family":"fam","reason":"leak"}""")]
    [InlineData("--rule fdrl_01a", """{"kind":"rule","rule_id":"fdrl_01a"}""")]
    [InlineData("--rule fdrl_01a --version 7", """{"kind":"rule_version","rule_id":"fdrl_01a","rule_version":7}""")]
    [InlineData("--service-account svac_01a", """{"kind":"principal","service_account_id":"svac_01a"}""")]
    [InlineData("--issuer fdis_01a", """{"kind":"issuer","issuer_id":"fdis_01a"}""")]
    [InlineData("--issuer fdis_01a --subject s", """{"kind":"subject","issuer_id":"fdis_01a","subject":"s"}""")]
    [InlineData("--all", """{"kind":"issued_before"}""")]
    [InlineData(
        "--rule fdrl_01a --before 2026-01-01T00:00:00Z",
        """{"kind":"rule","rule_id":"fdrl_01a","issued_before":"2026-01-01T00:00:00Z"}"""
    )]
    [InlineData("--before 2026-01-01T00:00:00Z", """{"kind":"issued_before","issued_before":"2026-01-01T00:00:00Z"}""")]
    public async Task Revoke_EachKind_SendsItsMembers(string flags, string body)
    {
        Service.On("POST /v1/oauth/revocations", """{"id":"trev_01a"}""");

        var run = await Stage.RunAsync(["token", "revoke", .. flags.Split(' '), "-o", "name"]);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldBe("trev_01a\n");
        Last.Body.ShouldBe(body);
    }

    [Theory]
    [InlineData("--reason x")]
    [InlineData("--rule fdrl_01a --issuer fdis_01a")]
    [InlineData("--version 3")]
    [InlineData("--rule fdrl_01a --file token")]
    [InlineData("--subject s --id x")]
    [InlineData("--all --before yesterday")]
    public async Task Revoke_UnclearTarget_IsUsage(string flags)
    {
        var run = await Stage.RunAsync(["token", "revoke", .. flags.Split(' ')]);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        Service.Requests.ShouldBeEmpty();
    }

    // They had other names once; a script must fail rather than do something else.
    [Theory]
    [InlineData("revocation create --all")]
    [InlineData("signing-key list")]
    public async Task FormerNames_AreUsage(string command)
    {
        (await Stage.RunAsync(command.Split(' '))).ExitCode.ShouldBe(ExitCode.Usage);
        Service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task List_OfAServiceAccount_AsksForItsTokens()
    {
        Service.On(
            "GET /v1/tokens?principal=svac_01a",
            """{"data":[{"id":"jti-1","status":"active"}],"next_page":null}"""
        );

        var run = await Stage.RunAsync("token", "list", "--service-account", "svac_01a");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("jti-1");
    }

    [Fact]
    public async Task Revocations_Table_ShowsKinds()
    {
        Service.On("GET /v1/oauth/revocations", """{"data":[{"id":"trev_01a","kind":"rule"}],"next_page":null}""");

        var run = await Stage.RunAsync("token", "revocations");

        run.Out.ShouldContain("rule");
    }

    [Fact]
    public async Task KeysList_Table_ShowsStates()
    {
        Service.On("GET /v1/oauth/signing_keys", Keys);

        var run = await Stage.RunAsync("token", "keys", "list");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("published");
    }

    [Fact]
    public async Task KeysRotate_Compromised_AsksAndNamesTheKey()
    {
        Service.On("POST /v1/oauth/signing_keys/rotate", Keys);

        (await Stage.RunAsync("token", "keys", "rotate", "--compromised", "k1")).ExitCode.ShouldBe(ExitCode.Usage);
        var run = await Stage.RunAsync("token", "keys", "rotate", "--compromised", "k1", "--reason", "stolen", "--yes");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"compromised_key_id":"k1","reason":"stolen"}""");
    }

    [Fact]
    public async Task KeysRotate_Ordinary_SendsNoKey()
    {
        Service.On("POST /v1/oauth/signing_keys/rotate", Keys);

        var run = await Stage.RunAsync("token", "keys", "rotate");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("{}");
    }
}
