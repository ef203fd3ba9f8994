using System.Buffers.Text;
using System.Text;
using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class ExplainCommandsTests : CommandTest
{
    private const string Denied = """
        {"type":"authentication","request_id":"req_01","at":"2026-01-01T00:00:00Z","decision":"denied",
         "reason":"claim_mismatch","proven":true,"federation_rule_id":"fdrl_01","rule_ver":3,"issuer_id":"fdis_01",
         "subject":"repo:acme/app","trace":{"steps":[{"s":"signature","ok":true,"alg":"RS256"},{"s":"rule","ok":false,
         "conds":[{"claim":"environment","op":"eq","want":"prod","got":"staging\u001b[2J","ok":false}]}],
         "nearest":{"text":"only `environment` differs: got `staging`"},
         "hints":[{"code":"x","text":"look here"}],"doc":"docs/explain.md#claim_mismatch"}}
        """;

    [Fact]
    public async Task Explain_Denial_ReadsFromTheAnswerToTheRemedy()
    {
        Service.On("GET /v1/authentication_history/req_01", Denied);

        var run = await Stage.RunAsync("explain", "req_01");

        run.Out.ShouldStartWith("denied     claim_mismatch  req_01\n");
        run.Out.ShouldContain("ok    signature     alg RS256");
        run.Out.ShouldContain("FAIL  environment eq prod; got staging\uFFFD[2J");
        run.Out.ShouldContain("nearest    only `environment` differs: got `staging`");
        run.Out.ShouldContain("hint       look here");
        run.Out.ShouldContain($"more       {Service.Url}docs/explain.md#claim_mismatch");
    }

    [Fact]
    public async Task HistoryList_Filters_BecomeTheQuery()
    {
        Service.On(
            "GET /v1/authentication_history?decision=denied&reason=jti_reused&federation_rule_id=fdrl_01"
                + "&issuer_id=fdis_01&subject=repo%3Aacme%2F%2A&since=2026-01-31T12%3A00%3A00Z",
            """{"data":[],"next_page":null}"""
        );

        var run = await Stage.RunAsync([
            .. "history list --denied --reason jti_reused --rule fdrl_01 --issuer fdis_01".Split(' '),
            .. "--subject repo:acme/* --since 2026-01-31T12:00:00Z".Split(' '),
        ]);

        run.ExitCode.ShouldBe(0, run.Error);
    }

    [Theory]
    [InlineData("history list --since yesterday")]
    [InlineData("history list --granted --denied")]
    [InlineData("rule simulate fdrl_01")]
    public async Task Verb_BadFlags_AreAUsageFault(string line) =>
        (await Stage.RunAsync(line.Split(' '))).ExitCode.ShouldBe(ExitCode.Usage);

    [Theory]
    [InlineData("granted", ExitCode.Done)]
    [InlineData("denied", ExitCode.CheckFailed)]
    [InlineData("ambiguous", ExitCode.CheckFailed)]
    public async Task Simulate_PastEvent_EndsWithItsDecision(string decision, int exitCode)
    {
        Service.On(
            "POST /v1/organizations/federation_rules/simulate",
            $$"""{"type":"simulation","rule":{"name":"deploy","state":"draft"},"decision":"{{decision}}"}"""
        );

        var run = await Stage.RunAsync("rule", "simulate", "fdrl_01", "--request", "req_01");

        run.ExitCode.ShouldBe(exitCode);
        run.Out.ShouldContain("deploy");
        Last.Body.ShouldContain("\"request_id\":\"req_01\"");
        Last.Body.ShouldContain("\"rule_id\":\"fdrl_01\"");
    }

    [Fact]
    public async Task Simulate_WithoutARule_SearchesTheIssuers()
    {
        Service.On(
            "POST /v1/organizations/federation_rules/simulate",
            """{"type":"simulation","rule":{"name":"deploy","state":"enforce"},"decision":"granted"}"""
        );

        var run = await Stage.RunAsync("rule", "simulate", "--request", "req_01");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"request_id":"req_01"}""");
    }

    [Fact]
    public async Task Replay_Edit_ListsWhoChanges()
    {
        Service
            .On("GET /v1/organizations/federation_rules/fdrl_01", """{"id":"fdrl_01","match":{"subject_prefix":"a"}}""")
            .On(
                "POST /v1/organizations/federation_rules/fdrl_01/replay",
                """
                {"type":"federation_rule_replay","events":4,"since":"2026-01-01T00:00:00Z","truncated":false,
                 "still_allowed":1,"still_denied":0,"newly_allowed_total":1,"newly_denied_total":0,"newly_denied":[],
                 "newly_allowed":[{"subject":"b","events":3,"reason":"match_subject_prefix","request_id":"req_01"}]}
                """
            );

        var run = await Stage.RunAsync("rule", "replay", "fdrl_01", "--subject", "b", "--days", "3");

        run.Out.ShouldContain("newly allowed: 1\n  b  ×3  match_subject_prefix  (req_01)");
        Last.Body.ShouldContain("\"changes\":{\"match\":{\"subject_prefix\":\"b\"}},\"days\":3");
    }

    [Fact]
    public async Task TokenInspect_File_ShowsPartsAndProblemsButNeverTheToken()
    {
        var token = Token(
            """{"alg":"RS256","kid":"k"}""",
            """{"iss":"https://a.test","sub":"s","aud":"sts.amazonaws.com","iat":1,"exp":61}"""
        );
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, token, TestContext.Current.CancellationToken);
        try
        {
            var run = await Stage.RunAsync("token", "inspect", "--file", file);

            run.ExitCode.ShouldBe(ExitCode.CheckFailed);
            run.Out.ShouldContain("iss  https://a.test");
            run.Out.ShouldContain("aud: this looks like the platform's default");
            run.Out.ShouldContain("exp: expired");
            run.Out.ShouldNotContain(token.Split('.')[2]);
            run.Out.ShouldNotContain(token.Split('.')[1]);
            Service.Requests.ShouldBeEmpty();
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Token(string header, string claims) =>
        $"{Encode(header)}.{Encode(claims)}.{Encode("a signature that proves nothing")}";

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
