using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class CertCommandsTests : CommandTest
{
    private const string Item =
        """{"id":"cert_01","serial":"0aff","kind":"server","status":"revoked","identity":"a,b","not_before":"2026-01-01T00:00:00Z","not_after":"2026-01-02T00:00:00Z","issued_at":"2026-01-01T00:00:00Z","revocation_reason":"superseded"}""";

    [Theory]
    [InlineData("0A:FF", "{\"serial\":\"0aff\",\"reason\":\"keyCompromise\"}")]
    [InlineData("cert_01", "{\"certificate_id\":\"cert_01\",\"reason\":\"keyCompromise\"}")]
    [InlineData("key:abcd", "{\"key_sha256\":\"abcd\",\"reason\":\"keyCompromise\"}")]
    public async Task Revoke_Yes_NamesWhatIsMeant(string what, string body)
    {
        Service.On(
            "POST /v1/certificates/revoke",
            $$"""{"type":"certificate_revocation","changed":1,"data":[{{Item}}]}"""
        );

        var run = await Stage.RunAsync("cert", "revoke", what, "--cause", "keyCompromise", "--yes");

        run.ExitCode.ShouldBe(0, run.Error);
        Service.Requests.Single().Body.ShouldBe(body);
        run.Out.ShouldContain("revoked");
    }

    [Fact]
    public async Task Revoke_NobodyToAsk_ChangesNothing()
    {
        var run = await Stage.RunAsync("cert", "revoke", "0aff");

        run.ExitCode.ShouldBe(64, run.Error);
        Service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Export_Csv_QuotesAndFollowsPages()
    {
        Service.On("GET /v1/certificates?ca_id=ca_01&limit=1000", $$"""{"data":[{{Item}}],"next_page":"p"}""");
        Service.On("GET /v1/certificates?ca_id=ca_01&limit=1000&page=p", $$"""{"data":[{{Item}}],"next_page":null}""");

        var run = await Stage.RunAsync("cert", "export", "--ca", "ca_01", "--format", "csv");

        run.ExitCode.ShouldBe(0, run.Error);
        var rows = run.Out.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        rows[0].ShouldStartWith("id,serial,kind");
        const string Row =
            "cert_01,0aff,server,revoked,,,\"a,b\",2026-01-01T00:00:00Z,2026-01-02T00:00:00Z,2026-01-01T00:00:00Z,,,,superseded";
        rows[1].ShouldBe(Row);
        rows.Count(row => row.StartsWith("cert_01", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task Forecast_Days_AsksForThem()
    {
        Service.On(
            "GET /v1/certificates/forecast?days=14",
            """{"data":[{"date":"2026-01-02","ca_id":null,"count":3}]}"""
        );

        var run = await Stage.RunAsync("cert", "forecast", "--days", "14");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("2026-01-02");
    }

    [Fact]
    public async Task List_ExpiresBeforeNonsense_IsUsage() =>
        (await Stage.RunAsync("cert", "list", "--expires-before", "soon")).ExitCode.ShouldBe(64);
}
