using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class CaAndEdgeCommandsTests : CommandTest
{
    private const string Authorities = "/v1/certificate_authorities";
    private static readonly string Fingerprint = string.Concat(Enumerable.Repeat("ab", 32));

    [Fact]
    public async Task CaRegister_SendsSealedCustody()
    {
        Service.On($"POST {Authorities}", """{"id":"ca_01","state":"csr_issued"}""");

        var run = await Stage.RunAsync("ca", "register", "tunnel-ca", "--tunnel", "tnl_01");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"name":"tunnel-ca","tunnel_id":"tnl_01","custody":"sealed"}""");
    }

    [Fact]
    public async Task CaRegister_CustodyThatDoesNotExist_IsUsage() =>
        (await Stage.RunAsync("ca", "register", "x", "--tunnel", "tnl_01", "--custody", "cloud")).ExitCode.ShouldBe(
            ExitCode.Usage
        );

    [Fact]
    public async Task CaCsr_PrintsThePem()
    {
        Service.On(
            $"GET {Authorities}/ca_01/csr",
            """{"id":"ca_01","csr_pem":"-----BEGIN CERTIFICATE REQUEST-----\n"}"""
        );

        (await Stage.RunAsync("ca", "csr", "ca_01")).Out.ShouldBe("-----BEGIN CERTIFICATE REQUEST-----\n");
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("SHA256 Fingerprint={1}")]
    public async Task CaUpload_Fingerprint_InEitherSpelling(string spelling)
    {
        Service.On($"POST {Authorities}/ca_01/chain", """{"id":"ca_01","state":"verified"}""");
        var chain = Stage.Write("chain.pem", "PEM");
        var openssl = string.Join(':', Fingerprint.Chunk(2).Select(c => new string(c).ToUpperInvariant()));

        var run = await Stage.RunAsync([
            "ca",
            "upload",
            "ca_01",
            "--chain",
            chain,
            "--fingerprint",
            string.Format(null, spelling, Fingerprint, openssl),
        ]);

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe($$"""{"chain_pem":"PEM","fingerprint":"{{Fingerprint}}"}""");
    }

    [Fact]
    public async Task CaUpload_NoFingerprintShape_IsUsage() =>
        (
            await Stage.RunAsync("ca", "upload", "ca_01", "--chain", Stage.Write("c.pem", ""), "--fingerprint", "abcd")
        ).ExitCode.ShouldBe(ExitCode.Usage);

    [Fact]
    public async Task CaUpload_Der_SaysWhatItIsAndIsNotSent()
    {
        var chain = Stage.Write("ca.cer", "");
        await File.WriteAllBytesAsync(chain, [0x30, 0x82, 0x00, 0x03, 0x30, 0x01, 0x00]);

        var run = await Stage.RunAsync("ca", "upload", "ca_01", "--chain", chain, "--fingerprint", Fingerprint);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain("This is DER, not PEM.");
        run.Error.ShouldContain("openssl x509 -inform DER -in FILE");
    }

    [Fact]
    public async Task CaApprove_Yes_ApprovesWhatTheServiceHolds()
    {
        Service
            .On($"GET {Authorities}/ca_01", $$"""{"id":"ca_01","fingerprint":"{{Fingerprint}}","approval":"single"}""")
            .On($"POST {Authorities}/ca_01/approve", """{"id":"ca_01","state":"approved"}""");

        var run = await Stage.RunAsync("ca", "approve", "ca_01", "--yes");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe($$"""{"fingerprint":"{{Fingerprint}}"}""");
    }

    [Fact]
    public async Task CaApprove_NothingUploaded_IsRefused()
    {
        Service.On($"GET {Authorities}/ca_01", """{"id":"ca_01","fingerprint":null,"approval":"single"}""");

        (await Stage.RunAsync("ca", "approve", "ca_01", "--yes")).ExitCode.ShouldBe(ExitCode.Refused);
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("rollback")]
    public async Task CaStepThatCanBeUndone_Yes_IsAccepted(string verb)
    {
        Service.On($"POST {Authorities}/ca_01/{verb}", """{"id":"ca_01","state":"retired"}""");

        var run = await Stage.RunAsync("ca", verb, "ca_01", "--yes");

        run.ExitCode.ShouldBe(0, run.Error);
    }

    [Fact]
    public async Task CaActivate_PostsNoBody()
    {
        Service.On($"POST {Authorities}/ca_01/activate", """{"id":"ca_01","state":"active"}""");

        var run = await Stage.RunAsync("ca", "activate", "ca_01");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBeEmpty();
    }

    [Fact]
    public async Task EdgeCreate_SendsAddressesAndNames()
    {
        Service.On("POST /v1/edges", """{"id":"edge_01"}""");

        var run = await Stage.RunAsync(
            "edge create one --address 127.0.0.1:7844 --address [::1]:7844 --dns-name edge-1.example.com".Split(' ')
        );

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe(
            """{"name":"one","addresses":["127.0.0.1:7844","[::1]:7844"],"dns_names":["edge-1.example.com"]}"""
        );
    }

    [Theory]
    [InlineData("drain")]
    [InlineData("resume")]
    public async Task EdgeDrain_SendsTheReason(string verb)
    {
        Service.On($"POST /v1/edges/edge_01/{verb}", """{"id":"edge_01"}""");

        var run = await Stage.RunAsync("edge", verb, "edge_01", "--reason", "kernel");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"reason":"kernel"}""");
    }
}
