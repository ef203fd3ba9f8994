using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class RuleTestCommandTests : CommandTest
{
    private const string Simulate = "POST /v1/organizations/federation_rules/simulate";

    [Theory]
    [InlineData("granted", null, ExitCode.Done)]
    [InlineData("denied", "claim_missing", ExitCode.CheckFailed)]
    public async Task OwnTests_AreAsked_WithTheRulesIssuerAndAudience(string decision, string? reason, int exitCode)
    {
        Prepare("""[{"name":"one","claims":{"sub":"s"},"expect":"allow"}]""");
        Service.On(Simulate, $$"""{"decision":"{{decision}}","reason":"{{reason}}"}""");

        var run = await Stage.RunAsync("rule", "test", "fdrl_01");

        run.ExitCode.ShouldBe(exitCode, run.Error);
        Last.Json!["claims"]!.ToJsonString().ShouldBe("""{"sub":"s","iss":"https://idp.test","aud":"us"}""");
        Last.Json!["rule_id"]!.GetValue<string>().ShouldBe("fdrl_01");
    }

    [Fact]
    public async Task File_ReplacesThem_AndTheReasonMustBeTheExpected()
    {
        Prepare("[]");
        Service.On(Simulate, """{"decision":"denied","reason":"other"}""");
        var file = Stage.Write(
            "tests.json",
            """{"tests":[{"name":"a","claims":{"sub":"s","iss":"i","aud":"a"},"expect":"deny","reason":"claim_missing"}]}"""
        );

        (await Stage.RunAsync("rule", "test", "fdrl_01", "-f", file)).ExitCode.ShouldBe(ExitCode.CheckFailed);
    }

    [Fact]
    public async Task NoTests_IsRefused()
    {
        Prepare("[]");

        (await Stage.RunAsync("rule", "test", "fdrl_01")).ExitCode.ShouldBe(ExitCode.Refused);
    }

    private void Prepare(string tests) =>
        Service
            .On(
                "GET /v1/organizations/federation_rules/fdrl_01",
                $$"""{"id":"fdrl_01","name":"r","issuer_id":"fdis_01","match":{"audience":"us"},"tests":{{tests}}}"""
            )
            .On(
                "GET /v1/organizations/federation_issuers/fdis_01",
                """{"id":"fdis_01","issuer_url":"https://idp.test"}"""
            );
}
