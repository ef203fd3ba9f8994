using System.Text.Json;
using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class CaStepCommandsTests : CommandTest
{
    private const string Authorities = "/v1/certificate_authorities";

    [Theory]
    [InlineData("pkcs11", "enterprise-key", "pkcs11")]
    [InlineData("trust-only", null, "trust_only")]
    [InlineData("imported", null, "imported")]
    public async Task Register_Custody_IsSentAsTheServiceSpellsIt(string custody, string? label, string wire)
    {
        Service.On($"POST {Authorities}", """{"id":"ca_01","state":"draft"}""");
        string[] arguments = ["ca", "register", "x", "--tunnel", "tnl_01", "--custody", custody];

        var run = await Stage.RunAsync(label is null ? arguments : [.. arguments, "--key-label", label]);

        run.ExitCode.ShouldBe(0, run.Error);
        using var body = JsonDocument.Parse(Last.Body);
        body.RootElement.GetProperty("custody").GetString().ShouldBe(wire);
        (body.RootElement.TryGetProperty("key_label", out var sent) ? sent.GetString() : null).ShouldBe(label);
    }

    [Theory]
    [InlineData("activate")]
    [InlineData("suspend")]
    [InlineData("resume")]
    [InlineData("delete")]
    [InlineData("restore")]
    public async Task Step_ReasonAndExpectation_AreSent(string verb)
    {
        Service.On($"POST {Authorities}/ca_01/{verb}", """{"id":"ca_01","state":"x"}""");

        var run = await Stage.RunAsync("ca", verb, "ca_01", "--reason", "because", "--expect", "staged");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"reason":"because","expected_state":"staged"}""");
    }

    [Theory]
    [InlineData("taint")]
    [InlineData("retire")]
    public async Task Step_ForGood_AsksForTheName(string verb)
    {
        Service
            .On($"GET {Authorities}/ca_01", """{"id":"ca_01","name":"tunnel-ca"}""")
            .On($"POST {Authorities}/ca_01/{verb}", """{"id":"ca_01","state":"x"}""");

        (await Stage.RunAsync("ca", verb, "ca_01")).ExitCode.ShouldBe(ExitCode.Usage);
        var run = await Stage.RunAsync("ca", verb, "ca_01", "--yes");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBeEmpty();
    }

    [Fact]
    public async Task Approve_TwoPeople_NeedTheFingerprintFromElsewhere()
    {
        Service.On($"GET {Authorities}/ca_01", """{"id":"ca_01","fingerprint":"ab","approval":"two_person"}""");

        var run = await Stage.RunAsync("ca", "approve", "ca_01", "--yes");

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain("--fingerprint SHA256");
    }

    [Fact]
    public async Task Override_NamesWhoIsMissing()
    {
        Service.On($"POST {Authorities}/ca_01/override", """{"id":"ca_01","state":"staged"}""");

        var run = await Stage.RunAsync("ca", "override", "ca_01", "--missing", "agt_1", "agt_2", "--reason", "asleep");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"missing":["agt_1","agt_2"],"reason":"asleep"}""");
    }

    [Fact]
    public async Task Activate_Blocked_SaysWhoAndWhatComesNext()
    {
        Service.On(
            $"POST {Authorities}/ca_01/activate",
            """
            {"type":"error","error":{"type":"conflict_error","message":"The authority is staged.","details":{
            "error_code":"ca.state","state":"staged","next":"culvert ca status ca_01 --watch",
            "override":"culvert ca override ca_01 --missing agt_1 --reason TEXT",
            "blocked_by":[{"kind":"agent","id":"agt_1","since":"2026-01-01T00:00:00Z","needed_epoch":3}]}},
            "request_id":"req_1"}
            """,
            409
        );

        var run = await Stage.RunAsync("ca", "activate", "ca_01");

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain("waits for agent agt_1 since 2026-01-01T00:00:00Z");
        run.Error.ShouldContain("without them: culvert ca override ca_01 --missing agt_1 --reason TEXT\n");
        run.Error.ShouldContain("  next: culvert ca status ca_01 --watch\n");
        run.Error.ShouldContain("req_1");
    }

    [Fact]
    public async Task Upload_Rejected_ListsTheFindings()
    {
        Service.On(
            $"POST {Authorities}/ca_01/chain",
            """
            {"type":"error","error":{"type":"invalid_request_error","message":"Wrong key.","details":{
            "error_code":"ca.key_mismatch","state":"rejected","next":"culvert ca upload ca_01",
            "findings":[{"code":"ca.key_mismatch","message":"Wrong key."},{"code":"ca.validity","message":"Too short."}]}},
            "request_id":"req_1"}
            """,
            409
        );

        var run = await Stage.RunAsync(
            "ca",
            "upload",
            "ca_01",
            "--chain",
            Stage.Write("c.pem", "PEM"),
            "--fingerprint",
            string.Concat(Enumerable.Repeat("ab", 32)),
            "--allow-public-anchor"
        );

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain("ca.validity: Too short.");
        Last.Body.ShouldContain("\"allow_public_anchor\":true");
    }

    [Fact]
    public async Task Import_SendsTheFileAndNeverShowsThePassword()
    {
        Service.On($"POST {Authorities}/ca_01/pkcs12", """{"id":"ca_01","state":"csr_issued"}""");
        var (file, password) = (Stage.Write("ca.p12", "DER"), Stage.Write("password", "hunter2-hunter2\nnot this"));

        var run = await Stage.RunAsync(
            "ca",
            "import",
            "ca_01",
            "--file",
            file,
            "--password-file",
            password,
            "--verbose"
        );

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"pkcs12":"REVS","password":"hunter2-hunter2"}""");
        (run.Out + run.Error).ShouldNotContain("hunter2-hunter2");
    }
}
