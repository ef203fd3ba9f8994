using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Certificates;
using Culvert.Testing.Keys;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Issuance;

/// <summary>The table of bad requests for certificates, each answered with its own code (reference §8a).</summary>
public sealed class BadRequestTests(IssuingBenchFixture fixture) : IClassFixture<IssuingBenchFixture>
{
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    private string Domain => fixture.Bench.Tunnel.Text("domain");

    [Theory]
    [InlineData("1 signature wrong", 400, "csr.signature_invalid")]
    [InlineData("2 truncated", 400, "csr.malformed")]
    [InlineData("2 no pem", 400, "csr.malformed")]
    [InlineData("2 trailing", 400, "csr.trailing_data")]
    [InlineData("3 large csr", 413, "request.too_large")]
    [InlineData("3 large body", 413, "request.too_large")]
    [InlineData("4 empty csr", 400, "request.invalid")]
    [InlineData("4 unknown member", 400, "request.invalid")]
    [InlineData("4 duplicate member", 400, "request.invalid")]
    [InlineData("5 rsa 1024", 400, "key.weak")]
    [InlineData("5 rsa 2560", 400, "key.weak")]
    [InlineData("6 other curve", 400, "key.unsupported")]
    [InlineData("9 blocked", 409, "key.blocked")]
    [InlineData("10 extra name", 403, "name.not_authorised")]
    [InlineData("11 common name", 403, "name.cn_mismatch")]
    [InlineData("12 common name only", 400, "name.missing_san")]
    [InlineData("13 underscore", 400, "name.invalid")]
    [InlineData("13 trailing dot", 400, "name.invalid")]
    [InlineData("13 wildcard", 403, "name.wildcard_forbidden")]
    [InlineData("14 e-mail", 400, "name.type_forbidden")]
    [InlineData("14 uri", 400, "name.type_forbidden")]
    [InlineData("14 address", 400, "name.type_forbidden")]
    [InlineData("16 authority", 400, "csr.extension_forbidden")]
    [InlineData("16 certificate sign", 400, "csr.extension_forbidden")]
    [InlineData("17 client purpose", 403, "profile.eku")]
    [InlineData("18 zero", 400, "validity.invalid")]
    [InlineData("18 negative", 400, "validity.invalid")]
    [InlineData("18 beyond the cap", 400, "validity.invalid")]
    [InlineData("18 beyond a sixth of the authority", 400, "validity.invalid")]
    [InlineData("19 future", 400, "validity.not_before")]
    [InlineData("19 long ago", 400, "validity.not_before")]
    public async Task Order_BadInput_HasItsCode(string row, int status, string code) =>
        await fixture.OrderAsync(BodyOf(row)).ShouldRefuseAsync((HttpStatusCode)status, code);

    [Fact]
    public async Task Order_GrantedNamesRepeated_AreCertified()
    {
        var body = fixture.Body(Csr($"CN={Domain}", names => names.AddDnsName("*." + Domain)), life: 3600);

        using var answer = await fixture.OrderAsync(body);

        var document = await answer.JsonAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, document.ToString());
        document.Text("type").ShouldBe("server_certificate");
        var certificate = document.GetProperty("certificate");
        certificate.Text("ca_id").ShouldBe(fixture.AuthorityId);
        using var leaf = X509Certificate2.CreateFromPem(certificate.Text("certificate_pem"));
        leaf.Subject.ShouldBeEmpty();
        leaf.MatchesHostname(Domain).ShouldBeTrue();
        certificate
            .GetProperty("not_after")
            .GetDateTimeOffset()
            .ShouldBe(fixture.Bench.Service.Time.GetUtcNow().AddHours(1).AddSeconds(-1));
    }

    // Row 8: a key that an enterprise registered as an authority's.
    [Fact]
    public async Task Order_KeyOfARegisteredAuthority_IsRefused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var registered = await RegisterAsync(fixture.Bench.TunnelId, key);

        await fixture
            .OrderAsync(fixture.Body(CertificateRequests.Create(key)))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "key.is_ca_key");

        await fixture.Bench.Service.Api.PostOkAsync(
            $"/v1/tunnels/{fixture.Bench.TunnelId}/certificates/{registered.Id()}/archive"
        );
    }

    // Any caller can get a certificate for another party's public key.
    [Fact]
    public async Task Order_KeyThatAnotherTunnelRegistered_IsIssued()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var other = await fixture.Bench.Service.Api.PostOkAsync("/v1/tunnels", "{}");
        await RegisterAsync(other.Id(), key);

        using var answer = await fixture.OrderAsync(fixture.Body(CertificateRequests.Create(key)));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    // Row 9: one key, two identities; the same identity may come back with it.
    [Fact]
    public async Task Order_KeyOfAnAgent_IsRefused()
    {
        using var key = CertificateRequests.NewKey();
        var csr = CertificateRequests.Create(key);
        using var enrolled = await fixture.Bench.EnrollAsync(fixture.Bench.AgentToken(), "key-owner", csr);
        enrolled.StatusCode.ShouldBe(HttpStatusCode.OK);

        await fixture.OrderAsync(fixture.Body(csr)).ShouldRefuseAsync(HttpStatusCode.Conflict, "key.reused");
        using var again = await fixture.Bench.EnrollAsync(fixture.Bench.AgentToken(), "key-owner", csr);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        await fixture
            .Bench.EnrollAsync(fixture.Bench.AgentToken(), "another", csr)
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "key.reused");
    }

    [Fact]
    public async Task Order_TunnelOutsideTheRule_IsRefused() =>
        await fixture
            .OrderAsync(fixture.Body(), fixture.JobToken(tunnels: []))
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "issue.tunnel");

    [Theory]
    [InlineData("tunnel:agent")]
    [InlineData("org:admin")]
    public async Task Order_OtherScope_IsRefused(string scope) =>
        await fixture
            .OrderAsync(fixture.Body(), fixture.JobToken(scope: scope))
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");

    [Fact]
    public async Task Order_AnotherOrganizationsTunnel_IsUnknown() =>
        await fixture
            .OrderAsync(
                fixture.Body(),
                fixture.Bench.AgentToken("job", "fdrl_jobs", organization: "other", scope: "certificate:issue")
            )
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");

    // Row 23.
    [Fact]
    public async Task Order_TunnelWithoutAuthority_IsRefused()
    {
        var other = (await fixture.Bench.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();

        await fixture
            .OrderAsync(
                fixture.Body().Replace(fixture.Bench.TunnelId, other, StringComparison.Ordinal),
                fixture.JobToken(tunnels: [other])
            )
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.not_active");
    }

    // Rows 21 and 22.
    [Fact]
    public async Task Order_RepeatedWithItsKey_IsTheSameCertificateOrRefused()
    {
        var body = fixture.Body();

        var first = await SerialAsync(fixture.OrderAsync(body, key: "k1"));
        (await SerialAsync(fixture.OrderAsync(body, key: "k1"))).ShouldBe(first);
        (await SerialAsync(fixture.OrderAsync(body, key: "k2"))).ShouldNotBe(first);
        (await SerialAsync(fixture.OrderAsync(body))).ShouldNotBe(first);
        (await SerialAsync(fixture.OrderAsync(body, fixture.JobToken("somebody else"), "k1"))).ShouldNotBe(first);
        await fixture
            .OrderAsync(fixture.Body(), key: "k1")
            .ShouldRefuseAsync(HttpStatusCode.UnprocessableEntity, "idempotency.mismatch");
        await fixture
            .OrderAsync(body[..^1] + ",\"lifetime_seconds\":60}", key: "k1")
            .ShouldRefuseAsync(HttpStatusCode.UnprocessableEntity, "idempotency.mismatch");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Order_RepeatedAtOnce_MakesOneCertificate()
    {
        var (body, token) = (fixture.Body(), fixture.JobToken());

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => fixture.OrderAsync(body, token, "at once"))
        );

        var serials = new HashSet<string>();
        foreach (var answer in answers)
        {
            using (answer)
            {
                var json = await answer.JsonAsync();
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    serials.Add(json.GetProperty("certificate").Text("serial"));
                }
                else
                {
                    answer.StatusCode.ShouldBe(HttpStatusCode.Conflict, json.ToString());
                    (await answer.ErrorCodeAsync()).ShouldBe("idempotency.pending");
                    answer.Header("retry-after").ShouldBe("1");
                    answer.Header("x-should-retry").ShouldBeNull();
                }
            }
        }

        serials.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Order_IdempotencyKeyTooLong_IsRefused() =>
        await fixture
            .OrderAsync(fixture.Body(), key: new string('k', 256))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

    [Fact]
    public async Task Enroll_RepeatedWithItsKey_IsTheSameEnrolmentAndCertificate()
    {
        using var key = CertificateRequests.NewKey();
        var body = JsonSerializer.Serialize(
            new
            {
                tunnel_id = fixture.Bench.TunnelId,
                instance_id = "repeats",
                csr = CertificateRequests.Create(key),
            }
        );

        var first = await EnrollAsync(body);
        var second = await EnrollAsync(body);

        second.Id().ShouldBe(first.Id());
        second.GetProperty("certificate").ToString().ShouldBe(first.GetProperty("certificate").ToString());
    }

    private async Task<JsonElement> EnrollAsync(string body)
    {
        using var client = fixture.Bench.Service.Client(fixture.Bench.AgentToken("repeater"));
        var request = ApiCalls.Post("/v1/agent/enrollments", body);
        request.Headers.Add("Idempotency-Key", "enrol");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var json = await response.JsonAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, json.ToString());
        return json;
    }

    private static async Task<string> SerialAsync(Task<HttpResponseMessage> call)
    {
        using var response = await call;
        var json = await response.JsonAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, json.ToString());
        return json.GetProperty("certificate").Text("serial");
    }

    private string BodyOf(string row)
    {
        var good = Csr("", _ => { });
        return row switch
        {
            "1 signature wrong" => fixture.Body(WithWrongSignature()),
            "2 truncated" => fixture.Body(good.Replace(good.Split('\n')[1], "", StringComparison.Ordinal)),
            "2 no pem" => fixture.Body("hello"),
            "2 trailing" => fixture.Body(good + "\nmore"),
            "3 large csr" => fixture.Body(good + new string(' ', 17_000)),
            "3 large body" => fixture.Body(good + new string(' ', 66_000)),
            "4 empty csr" => fixture.Body(" "),
            "4 unknown member" => fixture.Body()[..^1] + ",\"names\":[]}",
            "4 duplicate member" => fixture.Body()[..^1] + ",\"tunnel_id\":\"x\"}",
            "5 rsa 1024" => fixture.Body(RsaCsr(1024)),
            "5 rsa 2560" => fixture.Body(RsaCsr(2560)),
            "6 other curve" => fixture.Body(Csr("", _ => { }, ECCurve.CreateFromFriendlyName("secp256k1"))),
            "9 blocked" => fixture.Body(CertificateRequests.Create(fixture.BlockedKey)),
            "10 extra name" => fixture.Body(Csr("", names => names.AddDnsName("other.example"))),
            "11 common name" => fixture.Body(Csr("CN=other.example", names => names.AddDnsName(Domain))),
            "12 common name only" => fixture.Body(Csr($"CN={Domain}", _ => { })),
            "13 underscore" => fixture.Body(Csr("", names => names.AddDnsName("a_b." + Domain))),
            "13 trailing dot" => fixture.Body(Csr("", names => names.AddDnsName(Domain + "."))),
            "13 wildcard" => fixture.Body(Csr("", names => names.AddDnsName("*.a." + Domain))),
            "14 e-mail" => fixture.Body(Csr("", names => names.AddEmailAddress("a@example.com"))),
            "14 uri" => fixture.Body(Csr("", names => names.AddUri(new Uri("https://example.com/")))),
            "14 address" => fixture.Body(Csr("", names => names.AddIpAddress(IPAddress.Loopback))),
            "16 authority" => fixture.Body(Csr(new X509BasicConstraintsExtension(true, false, 0, true))),
            "16 certificate sign" => fixture.Body(Csr(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true))),
            "17 client purpose" => fixture.Body(
                Csr(new X509EnhancedKeyUsageExtension([new Oid(ServerAuth), new Oid(ClientAuth)], false))
            ),
            "18 zero" => fixture.Body(life: 0),
            "18 negative" => fixture.Body(life: -5),
            "18 beyond the cap" => fixture.Body(life: 91 * 24 * 3600),
            "18 beyond a sixth of the authority" => fixture.Body(life: 61 * 24 * 3600),
            "19 future" => fixture.Body(notBefore: At(TimeSpan.FromMinutes(1))),
            "19 long ago" => fixture.Body(notBefore: At(TimeSpan.FromMinutes(-6))),
            _ => throw new ArgumentOutOfRangeException(nameof(row)),
        };
    }

    private string At(TimeSpan from) =>
        (fixture.Bench.Service.Time.GetUtcNow() + from).ToString("yyyy-MM-ddTHH:mm:ssZ");

    private static string Csr(X509Extension extension)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(extension);
        return request.CreateSigningRequestPem();
    }

    private static string Csr(string subject, Action<SubjectAlternativeNameBuilder> name, ECCurve? curve = null)
    {
        using var key = ECDsa.Create(curve ?? ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        name(names);
        var extension = names.Build();
        if (extension.RawData.Length > 2)
        {
            request.CertificateExtensions.Add(extension);
        }

        return request.CreateSigningRequestPem();
    }

    private static string RsaCsr(int bits)
    {
        using var key = TestKeys.Rsa(bits);
        return CertificateRequests.Create(key);
    }

    private static string WithWrongSignature()
    {
        using var key = CertificateRequests.NewKey();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            new X500DistinguishedName(""),
            PublicKey.CreateFromSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo(), out _),
            HashAlgorithmName.SHA256
        );
        return PemEncoding.WriteString(
            "CERTIFICATE REQUEST",
            request.CreateSigningRequest(X509SignatureGenerator.CreateForECDsa(other))
        );
    }

    private Task<JsonElement> RegisterAsync(string tunnelId, ECDsa key) =>
        fixture.Bench.Service.Api.PostOkAsync(
            $"/v1/tunnels/{tunnelId}/certificates",
            JsonSerializer.Serialize(new { ca_certificate_pem = TestCertificates.Authority("Own", key) })
        );
}
