using System.Diagnostics;
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Certificates;
using Culvert.Ca.Issuance;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Orders;
using Culvert.Ca.Profiles;
using Culvert.Ca.Refusals;
using Culvert.Ca.Tests.SecondOpinion;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Issuance;

/// <summary>Whatever we would sign under a chain, other verifiers accept under it.</summary>
public sealed class ChainRulesTests : IDisposable
{
    private const int Chains = 150;

    private static readonly DateTimeOffset Now = TestAuthority.Now;
    private static readonly string[] Domains = ["tunnel.example", "acme.tunnel.example", "example", "other.example"];

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly IssuerKey issuerKey;
    private readonly IssuerKey leafKey = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);

    public ChainRulesTests() => issuerKey = IssuerKey.Import(key.ExportPkcs8PrivateKey());

    [Fact]
    public async Task Check_OurYes_IsEverybodysYes()
    {
        using var folder = new TemporaryFolder();
        List<string> forOpenssl = [];
        int refused = 0;
        int violations = 0;
        for (int seed = 0; seed < Chains; seed++)
        {
            var random = new Random(seed);
            List<X509Certificate2> chain = MakeChain(random);
            IssuanceOrder order = MakeOrder(random, chain);
            CaResult<IssuancePlan> plan = IssuancePlan.Prepare(order);
            if (!plan.Succeeded)
            {
                refused++;
                violations += plan.Refusal.Code == CaErrorCodes.NameConstraintViolation ? 1 : 0;
                continue;
            }

            ParsedCertificate leaf = plan.Value.Redeem(issuerKey).Value.ShouldNotBeNull().Certificate;
            SecondParser.Check(leaf, issuerKey.PublicKey);
            PlatformSays(leaf, chain, order.Profile).ShouldBe("ok", $"seed {seed}");
            if (forOpenssl.Count < 20)
            {
                string file = folder.Write($"{seed}.pem", leaf.ToPem());
                string root = folder.Write($"{seed}-root.pem", chain[^1].ExportCertificatePem());
                string rest = folder.Write(
                    $"{seed}-rest.pem",
                    string.Join('\n', chain.Select(one => one.ExportCertificatePem()))
                );
                string purpose = order.Profile.Name == "agent" ? "sslclient" : "sslserver";
                forOpenssl.Add(
                    $"openssl verify -purpose {purpose} -attime {Now.ToUnixTimeSeconds() + 1} "
                        + $"-CAfile {root} -untrusted {rest} {file}"
                );
            }
        }

        // The generator must produce both outcomes, or the property proves nothing.
        refused.ShouldBeInRange(Chains / 5, Chains - 40);
        violations.ShouldBeGreaterThan(5);
        await OpensslAcceptsAsync(folder.Write("all.sh", string.Join(" && ", forOpenssl)));
    }

    [Theory]
    [InlineData("path")]
    [InlineData("purpose")]
    [InlineData("usage")]
    [InlineData("period")]
    [InlineData("covered")]
    public void Check_AuthorityAboveForbids_IsRefused(string what)
    {
        (Action<CertificateRequest> adjust, CaErrorCode expected) = what switch
        {
            "path" => (Constrain(pathLength: 0), CaErrorCodes.CaPathLength),
            "purpose" => (
                Extend(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false)),
                CaErrorCodes.CaEku
            ),
            "usage" => (Extend(new X509KeyUsageExtension(X509KeyUsageFlags.CrlSign, true)), CaErrorCodes.CaKeyUsage),
            "covered" => (Extend(NameRules([], ["docs.acme.tunnel.example"])), CaErrorCodes.NameConstraintViolation),
            _ => ((Action<CertificateRequest>)(_ => { }), CaErrorCodes.ValidityInvalid),
        };

        X509Certificate2 root = Make("root", null, adjust, what == "period" ? Now.AddHours(2) : Now.AddYears(1));
        X509Certificate2 middle = Make("middle", root, _ => { }, Now.AddHours(20));
        List<X509Certificate2> chain = [middle, root];

        IssuancePlan
            .Prepare(Server(chain) with { Life = TimeSpan.FromHours(3) })
            .Refusal.ShouldNotBeNull()
            .Code.ShouldBe(expected);
    }

    public void Dispose()
    {
        key.Dispose();
        issuerKey.Dispose();
        leafKey.Dispose();
    }

    private IssuanceOrder Server(List<X509Certificate2> chain) =>
        TestAuthority.Order(
            Issuer.FromChain([.. chain.Select(one => ParsedCertificate.TryParse(one.RawData)!)]),
            StandardProfiles.Server(TimeSpan.FromHours(1)),
            leafKey.PublicKey
        ) with
        {
            Names = new GrantedNames { Dns = ["acme.tunnel.example", "*.acme.tunnel.example"] },
        };

    private IssuanceOrder MakeOrder(Random random, List<X509Certificate2> chain)
    {
        string domain = Domains[random.Next(Domains.Length)];
        IssuanceOrder order = Server(chain);
        return random.Next(4) switch
        {
            0 => order with
            {
                Profile = CertificateProfile.CreateValid(StandardProfiles.Agent(TimeSpan.FromHours(1))),
                Names = new GrantedNames { Uris = [$"spiffe://{domain}/o/x/t/y/agent/z"] },
            },
            1 => order with
            {
                Profile = CertificateProfile.CreateValid(StandardProfiles.Service(TimeSpan.FromHours(1))),
                Names = new GrantedNames
                {
                    Dns = [domain + ".a"],
                    Addresses = [IPAddress.Parse($"10.0.{random.Next(2)}.7")],
                },
            },
            _ => order with { Names = new GrantedNames { Dns = [$"a.{domain}", $"*.a.{domain}"] } },
        };
    }

    private List<X509Certificate2> MakeChain(Random random)
    {
        int length = 1 + random.Next(3);
        List<X509Certificate2> chain = [];
        X509Certificate2? issuer = null;
        for (int place = 0; place < length; place++)
        {
            issuer = Make($"authority {place}", issuer, request => Adorn(random, request), EndOf(random));
            chain.Insert(0, issuer);
        }

        return chain;
    }

    private static DateTimeOffset EndOf(Random random) =>
        random.Next(12) == 0 ? Now.AddMinutes(random.Next(120)) : Now.AddYears(1);

    private static void Adorn(Random random, CertificateRequest request)
    {
        if (random.Next(4) == 0)
        {
            Constrain(random.Next(3))(request);
        }

        if (random.Next(8) == 0)
        {
            string[] purposes = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "2.5.29.37.0"];
            Extend(new X509EnhancedKeyUsageExtension([new Oid(purposes[random.Next(3)])], random.Next(2) == 0))(
                request
            );
        }

        if (random.Next(12) == 0)
        {
            Extend(new X509KeyUsageExtension(X509KeyUsageFlags.CrlSign, true))(request);
        }

        if (random.Next(3) == 0)
        {
            Extend(NameRules(Subtrees(random), random.Next(2) == 0 ? Subtrees(random) : []))(request);
        }
    }

    // With the kind as the first character: dns, uri or address.
    private static string[] Subtrees(Random random) =>
        [
            .. Enumerable
                .Range(0, 1 + random.Next(2))
                .Select(_ =>
                {
                    string domain = Domains[random.Next(Domains.Length)];
                    return random.Next(5) switch
                    {
                        0 => "." + domain,
                        1 => "uri:" + domain,
                        2 => "uri:." + domain,
                        3 => $"ip:10.0.{random.Next(2)}.0",
                        _ => domain,
                    };
                }),
        ];

    private static Action<CertificateRequest> Constrain(int pathLength) =>
        Extend(new X509BasicConstraintsExtension(true, true, pathLength, true));

    private static Action<CertificateRequest> Extend(X509Extension extension) =>
        request =>
        {
            foreach (
                X509Extension old in request
                    .CertificateExtensions.Where(e => e.Oid!.Value == extension.Oid!.Value)
                    .ToList()
            )
            {
                request.CertificateExtensions.Remove(old);
            }

            request.CertificateExtensions.Add(extension);
        };

    private static X509Extension NameRules(string[] permitted, string[] excluded)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            Write(permitted, 0);
            Write(excluded, 1);
        }

        return new X509Extension("2.5.29.30", writer.Encode(), critical: true);

        void Write(string[] subtrees, int tag)
        {
            if (subtrees.Length == 0)
            {
                return;
            }

            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, tag)))
            {
                foreach (string subtree in subtrees)
                {
                    using (writer.PushSequence())
                    {
                        WriteBase(subtree);
                    }
                }
            }
        }

        void WriteBase(string subtree)
        {
            if (subtree.StartsWith("ip:", StringComparison.Ordinal))
            {
                byte[] range = [.. IPAddress.Parse(subtree[3..]).GetAddressBytes(), 255, 255, 255, 0];
                writer.WriteOctetString(range, new Asn1Tag(TagClass.ContextSpecific, 7));
            }
            else if (subtree.StartsWith("uri:", StringComparison.Ordinal))
            {
                WriteText(subtree[4..], 6);
            }
            else
            {
                WriteText(subtree, 2);
            }
        }

        void WriteText(string text, int tag) =>
            writer.WriteCharacterString(UniversalTagNumber.IA5String, text, new Asn1Tag(TagClass.ContextSpecific, tag));
    }

    // One key for all: names and key identifiers tell the authorities apart.
    private X509Certificate2 Make(
        string name,
        X509Certificate2? issuer,
        Action<CertificateRequest> adjust,
        DateTimeOffset notAfter
    )
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        byte[] identifier = SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(name));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(identifier, false));
        if (issuer is not null)
        {
            request.CertificateExtensions.Add(
                X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(
                    SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(issuer.Subject[3..]))
                )
            );
        }

        adjust(request);
        return request.Create(
            issuer?.SubjectName ?? request.SubjectName,
            X509SignatureGenerator.CreateForECDsa(key),
            Now.AddDays(-1),
            notAfter,
            RandomNumberGenerator.GetBytes(8)
        );
    }

    private static string PlatformSays(ParsedCertificate leaf, List<X509Certificate2> chain, CertificateProfile profile)
    {
        using X509Certificate2 end = X509CertificateLoader.LoadCertificate(leaf.Encoded.Span);
        using var verifier = new X509Chain();
        verifier.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        verifier.ChainPolicy.CustomTrustStore.Add(chain[^1]);
        verifier.ChainPolicy.ExtraStore.AddRange(chain.ToArray());
        verifier.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        verifier.ChainPolicy.DisableCertificateDownloads = true;
        verifier.ChainPolicy.VerificationTime = Now.AddSeconds(1).UtcDateTime;
        foreach (string purpose in profile.ExtendedKeyUsages)
        {
            verifier.ChainPolicy.ApplicationPolicy.Add(new Oid(purpose));
        }

        return verifier.Build(end) ? "ok" : string.Join(", ", verifier.ChainStatus.Select(status => status.Status));
    }

    private static async Task OpensslAcceptsAsync(string script)
    {
        using Process shell = Process.Start(
            new ProcessStartInfo("sh", [script]) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        Task<string> said = shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        shell.ExitCode.ShouldBe(0, await said + error);
    }
}
