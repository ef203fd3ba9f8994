using System.Diagnostics;
using Culvert.Ca.Issuance;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Profiles;
using Culvert.Ca.Revocation;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Revocation;

/// <summary>Our lists in the hands of verifiers that share nothing with our code.</summary>
public sealed class ForeignVerifierTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Openssl_LeafWithItsList_IsAcceptedUntilRevoked(bool revoked)
    {
        var leaf = Leaf();
        await WriteAsync(leaf, revoked ? [Entry(leaf)] : [RevocationLists.Entry()]);

        var (exit, output) = await RunAsync(
            "openssl",
            "verify",
            "-attime",
            $"{TestAuthority.Now.ToUnixTimeSeconds() + 60}",
            "-CAfile",
            "root.pem",
            "-untrusted",
            "issuing.pem",
            "-crl_check",
            "-CRLfile",
            "list.pem",
            "leaf.pem"
        );

        (exit == 0).ShouldBe(!revoked, output);
        output.ShouldContain(revoked ? "certificate revoked" : "leaf.pem: OK");
    }

    [Fact]
    public async Task Openssl_List_PrintsAndVerifiesWhatWeWrote()
    {
        var leaf = Leaf();
        await WriteAsync(leaf, [Entry(leaf)]);

        var (exit, output) = await RunAsync(
            "openssl",
            "crl",
            "-in",
            "list.pem",
            "-noout",
            "-text",
            "-CAfile",
            "issuing.pem",
            "-verify"
        );

        exit.ShouldBe(0, output);
        output.ShouldContain("verify OK");
        output.ShouldContain("Key Compromise");
        output.ShouldContain("URI:" + RevocationLists.Address);
        output.ShouldContain("Only User Certificates");
    }

    [Fact]
    public async Task Certtool_List_VerifiesAgainstItsAuthority()
    {
        var leaf = Leaf();
        // Its clock is the real one and cannot be set: a list of today.
        await WriteAsync(leaf, [Entry(leaf)], TimeProvider.System.GetUtcNow());

        var (_, output) = await RunAsync(
            "certtool",
            "--verify-crl",
            "--load-ca-certificate",
            "issuing.pem",
            "--infile",
            "list.pem"
        );

        output.ShouldContain("Verification output: Verified.");
        output.ShouldContain("Revoked certificates (1)");
    }

    public void Dispose()
    {
        authority.Dispose();
        folder.Dispose();
    }

    private static RevokedEntry Entry(IssuedCertificate leaf) =>
        RevocationLists.Entry(serial: leaf.Certificate.SerialNumber.ToArray());

    private IssuedCertificate Leaf()
    {
        using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        var order = TestAuthority.Order(
            authority.Issuer,
            StandardProfiles.Server(TimeSpan.FromDays(2)),
            key.PublicKey
        ) with
        {
            Names = new GrantedNames { Dns = ["docs.tunnel.test"] },
            CrlDistributionPoint = RevocationLists.Address,
        };
        return TestAuthority.Issue(order, authority.Key);
    }

    private async Task WriteAsync(IssuedCertificate leaf, RevokedEntry[] entries, DateTimeOffset? now = null)
    {
        var at = now ?? TestAuthority.Now;
        var list = RevocationLists.Sign(
            authority,
            RevocationLists.Order(authority, entries) with
            {
                ThisUpdate = at,
                NextUpdate = at.AddDays(3),
            }
        );
        await WriteAsync("root.pem", authority.Root.ToPem());
        await WriteAsync("issuing.pem", authority.Certificate.ToPem());
        await WriteAsync("leaf.pem", leaf.Certificate.ToPem());
        await WriteAsync(
            "list.pem",
            System.Security.Cryptography.PemEncoding.WriteString("X509 CRL", list.Encoded.Span) + "\n"
        );
    }

    private Task WriteAsync(string name, string text) =>
        File.WriteAllTextAsync(Path.Combine(folder.Path, name), text, TestContext.Current.CancellationToken);

    private async Task<(int Exit, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder.Path,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }
}
