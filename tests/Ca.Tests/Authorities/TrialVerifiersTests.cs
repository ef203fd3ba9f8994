using System.Diagnostics;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Authorities;
using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Orders;
using Culvert.Ca.Profiles;
using Culvert.Ca.Refusals;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Authorities;

/// <summary>The trial leaf before three judges: our own checks, OpenSSL and GnuTLS. They must agree.</summary>
public sealed class TrialVerifiersTests : IDisposable
{
    private const string Name = "acme.tunnel.example";

    // GnuTLS's clock is the real one and cannot be set.
    private readonly DateTimeOffset now = TimeProvider.System.GetUtcNow();
    private readonly TemporaryFolder folder = new();
    private readonly List<string> words = [];

    [Theory]
    [InlineData("plain", "p256")]
    [InlineData("plain", "rsa")]
    [InlineData("permitted", "p256")]
    public async Task Leaf_UsableAuthority_IsVerifiedByAll(string kind, string algorithm)
    {
        var (chain, key) = Make(kind, algorithm);
        using IssuerKey held = key;
        ParsedCertificate leaf = Leaf(chain, key);

        AuthorityTrial.Verify(leaf, chain, now).ShouldBeNull();
        (await JudgeAsync(leaf, chain)).ShouldBe((true, true), string.Join('\n', words));
    }

    [Theory]
    [InlineData("excluded", "a name of the leaf is outside the name constraints")]
    [InlineData("other-eku", "a certificate above the leaf is for other purposes")]
    [InlineData("other-root", "a signature does not verify")]
    public async Task Leaf_UnusableAuthority_IsRefusedByAllAndTheVerdictsAreNamed(string kind, string verdict)
    {
        // The leaf is of a sound twin with the same name and key: our own signer would not have made it.
        var (sound, key) = Make("plain", "p256");
        using IssuerKey held = key;
        ParsedCertificate leaf = Leaf(sound, key);
        var (chain, _) = Make(kind, "p256", key);

        CaRefusal refusal = AuthorityTrial.Verify(leaf, chain, now).ShouldNotBeNull();

        refusal.Code.ShouldBe(CaErrorCodes.CaTrialFailed);
        refusal.Message.ShouldContain($"our own checks: {verdict}");
        refusal.Message.ShouldNotContain("OpenSSL: verified");
        (await JudgeAsync(leaf, chain)).ShouldBe((false, false), string.Join('\n', words));
    }

    public void Dispose() => folder.Dispose();

    private ParsedCertificate Leaf(IReadOnlyList<ParsedCertificate> chain, IssuerKey key) =>
        AuthorityTrial
            .MakeLeaf(
                chain,
                key,
                // The shortest life is the trial leaf's: too short for a machine that makes an RSA key slowly.
                CertificateProfile.CreateValid(
                    StandardProfiles.Server(TimeSpan.FromHours(24)) with
                    {
                        MinLife = TimeSpan.FromHours(1),
                    }
                ),
                new GrantedNames { Dns = [Name, $"*.{Name}"] },
                SerialNumber.Draw(1, now),
                now
            )
            .Value.ShouldNotBeNull();

    // An enterprise's root and the authority that it certified, made by the platform's own code.
    private (IReadOnlyList<ParsedCertificate> Chain, IssuerKey Key) Make(
        string kind,
        string algorithm,
        IssuerKey? existing = null
    )
    {
        IssuerKey key =
            existing ?? IssuerKey.Generate(algorithm == "rsa" ? KeyAlgorithm.Rsa2048 : KeyAlgorithm.EcdsaP256);
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var rootRequest = new CertificateRequest("CN=Enterprise root", rootKey, HashAlgorithmName.SHA384);
        Authority(rootRequest, rootRequest.PublicKey, null);
        using X509Certificate2 root = rootRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(1000));
        var publicKey = PublicKey.CreateFromSubjectPublicKeyInfo(key.PublicKey.Encoded.Span, out _);
        var request = new CertificateRequest(
            new X500DistinguishedName("CN=Tunnel authority"),
            publicKey,
            HashAlgorithmName.SHA384
        );
        Authority(request, publicKey, 0);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, true, false));
        switch (kind)
        {
            case "permitted":
                request.CertificateExtensions.Add(Constraints(0, Name));
                break;
            case "excluded":
                request.CertificateExtensions.Add(Constraints(1, Name));
                break;
            case "other-eku":
                request.CertificateExtensions.Add(
                    new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.4")], critical: false)
                );
                break;
        }

        using ECDsa strange = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using X509Certificate2 authority = request.Create(
            root.SubjectName,
            X509SignatureGenerator.CreateForECDsa(kind == "other-root" ? strange : rootKey),
            now.AddHours(-1),
            now.AddDays(365),
            [1, 2, 3]
        );
        return ([Parse(authority), Parse(root)], key);
    }

    private static ParsedCertificate Parse(X509Certificate2 certificate) =>
        ParsedCertificate.TryParse(certificate.RawData).ShouldNotBeNull();

    private static void Authority(CertificateRequest request, PublicKey key, int? pathLength)
    {
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(true, pathLength is not null, pathLength ?? 0, critical: true)
        );
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(key, critical: false));
    }

    // RFC 5280 §4.2.1.10: [0] permitted or [1] excluded, one DNS subtree.
    private static X509Extension Constraints(int tag, string name)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, tag)))
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 2));
        }

        return new X509Extension("2.5.29.30", writer.Encode(), critical: true);
    }

    private async Task<(bool OpenSsl, bool GnuTls)> JudgeAsync(
        ParsedCertificate leaf,
        IReadOnlyList<ParsedCertificate> chain
    )
    {
        string leafFile = folder.Write("leaf.pem", leaf.ToPem());
        string authorityFile = folder.Write("authority.pem", chain[0].ToPem());
        string rootFile = folder.Write("root.pem", chain[1].ToPem());
        string whole = folder.Write("chain.pem", leaf.ToPem() + chain[0].ToPem());
        bool openSsl = await RunAsync(
            "openssl",
            "verify",
            "-x509_strict",
            "-purpose",
            "sslserver",
            "-verify_hostname",
            "docs." + Name,
            "-CAfile",
            rootFile,
            "-untrusted",
            authorityFile,
            leafFile
        );
        bool gnuTls = await RunAsync(
            "certtool",
            "--verify",
            "--verify-hostname",
            "docs." + Name,
            "--verify-purpose",
            "1.3.6.1.5.5.7.3.1",
            "--load-ca-certificate",
            rootFile,
            "--infile",
            whole
        );
        return (openSsl, gnuTls);
    }

    private async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true }
        )!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        words.Add($"{program}: {await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)}");
        words.Add($"{program}: {await errors}");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0;
    }
}
