using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Jose.Refusals;
using Culvert.Testing;
using Culvert.Testing.Keys;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Issuers;

public sealed class IssuerKeysTests
{
    private const string Discovery = TestIdentityProvider.DiscoveryPath;
    private const string KeySet = TestIdentityProvider.KeySetPath;

    [Fact]
    public async Task Find_ManyAtOnceWithoutKeys_FetchesOnce()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();

        var statuses = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(async _ => (await service.ExchangeAsync(rule, service.Token())).StatusCode)
        );

        statuses.ShouldAllBe(status => status == HttpStatusCode.OK);
        service.Provider.RequestsTo(Discovery).ShouldBe(1);
        service.Provider.RequestsTo(KeySet).ShouldBe(1);
    }

    [Fact]
    public void Read_BehindAByteOrderMark_IsTheSame() =>
        KeySetFetch
            .Read(new UrlKeySource("https://idp.test/keys", CaPem: null), "\uFEFF{\"keys\":[]}"u8.ToArray())
            .Refusal.ShouldBe(JoseRefusal.None);

    // A33
    [Fact]
    public async Task Find_UnknownKids_FetchAtMostOnceInThirtySeconds()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        (await service.AccessTokenAsync(rule)).ShouldNotBeEmpty();
        service.Time.Advance(TimeSpan.FromSeconds(30));

        for (var i = 0; i < 5; i++)
        {
            (await DenialWithKidAsync(service, rule, $"unknown-{i}")).ShouldBe("kid_unknown");
        }

        service.Provider.RequestsTo(KeySet).ShouldBe(2);
        service.Time.Advance(TimeSpan.FromSeconds(29));
        await DenialWithKidAsync(service, rule, "unknown");
        service.Provider.RequestsTo(KeySet).ShouldBe(2);
        service.Time.Advance(TimeSpan.FromSeconds(1));
        await DenialWithKidAsync(service, rule, "unknown");
        service.Provider.RequestsTo(KeySet).ShouldBe(3);
    }

    [Fact]
    public async Task Find_NewKeyOfIssuer_IsFoundByOneFetch()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        await service.AccessTokenAsync(rule);
        service.Time.Advance(TimeSpan.FromSeconds(30));
        using var next = TestKeys.OtherRsa();
        service.Provider.Keys = [TestIdentityProvider.RsaJwk("rsa-2", next)];

        using var response = await service.ExchangeAsync(
            rule,
            TestIdentityProvider.SignWith(
                next,
                """{"alg":"RS256","kid":"rsa-2"}""",
                service.Provider.Claims(FederatedService.PublicUrl).ToJsonString()
            )
        );

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        // The old key went with the set that replaced it.
        (await service.DenialAsync(rule, service.Token())).ShouldBe("kid_unknown");
    }

    // A25, A28, A32: whatever the provider does, the last good keys stay in use.
    [Theory]
    [InlineData("status-500")]
    [InlineData("redirect")]
    [InlineData("html")]
    [InlineData("huge")]
    [InlineData("gzip-bomb")]
    [InlineData("empty-set")]
    [InlineData("too-many-keys")]
    [InlineData("other-issuer")]
    [InlineData("foreign-host")]
    [InlineData("http-keys")]
    [InlineData("duplicate-member")]
    public async Task Fetch_BadAnswer_KeepsTheLastGoodKeys(string fault)
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        await service.AccessTokenAsync(rule);
        service.Time.Advance(TimeSpan.FromSeconds(30));
        Break(service.Provider, fault);

        (await DenialWithKidAsync(service, rule, "unknown")).ShouldBe("kid_unknown");

        (await service.AccessTokenAsync(rule)).ShouldNotBeEmpty();
        var issuer = (await service.GetAsync(FederatedService.Issuers)).GetProperty("data")[0];
        issuer.GetProperty("poll_status").GetProperty("consecutive_failures").GetInt32().ShouldBe(1);
        service.Provider.RequestsTo("/elsewhere").ShouldBe(0);
    }

    [Fact]
    public async Task Fetch_NoKeysYet_IsTriedAgainAfterAPause()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        service.Provider.Script(Discovery, Status(500));
        (await service.DenialAsync(rule, service.Token())).ShouldBe("keys_unavailable");
        service.Provider.Script(Discovery, null);

        (await service.DenialAsync(rule, service.Token())).ShouldBe("keys_unavailable");
        service.Provider.RequestsTo(Discovery).ShouldBe(1);
        service.Time.Advance(TimeSpan.FromSeconds(1));
        (await service.AccessTokenAsync(rule)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Fetch_CertificateOfAnotherRoot_IsRefused()
    {
        await using var service = await FederatedService.StartAsync();
        var other = new TestPki(service.Time.GetUtcNow(), "Other");
        var rule = await service.RuleAsync(editIssuer: body => body["jwks"]!["ca_cert_pem"] = other.RootPem);

        (await service.DenialAsync(rule, service.Token())).ShouldBe("keys_unavailable");
        service.Provider.RequestsTo(Discovery).ShouldBe(0);
    }

    // A26: the service never connects to an issuer that is not registered.
    [Fact]
    public async Task Fetch_ForeignIssuerInToken_NeverHappens()
    {
        await using var service = await FederatedService.StartAsync();
        await using var stranger = await TestIdentityProvider.StartAsync(service.Time);
        var rule = await service.RuleAsync();

        (await service.DenialAsync(rule, stranger.Sign(stranger.Claims(FederatedService.PublicUrl)))).ShouldBe(
            "issuer_unknown"
        );

        stranger.RequestsTo(Discovery).ShouldBe(0);
        service.Provider.RequestsTo(Discovery).ShouldBe(0);
    }

    [Fact]
    public async Task Source_ExplicitUrl_NeverDialsTheIssuer()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync(editIssuer: body =>
        {
            body["issuer_url"] = "https://internal.test";
            body["jwks"] = new JsonObject
            {
                ["type"] = "explicit_url",
                ["url"] = service.Provider.Url + KeySet,
                ["ca_cert_pem"] = service.Provider.Pki.RootPem,
            };
        });

        using var response = await service.ExchangeAsync(
            rule,
            service.Token(claims => claims["iss"] = "https://internal.test")
        );

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        service.Provider.RequestsTo(Discovery).ShouldBe(0);
    }

    [Fact]
    public async Task Source_DiscoveryBase_IsDialledInsteadOfTheIssuer()
    {
        await using var service = await FederatedService.StartAsync();
        service.Provider.Script(
            Discovery,
            http =>
                http.Response.WriteAsync(
                    $$"""{"issuer":"https://internal.test","jwks_uri":"{{service.Provider.Url}}{{KeySet}}"}"""
                )
        );
        var rule = await service.RuleAsync(editIssuer: body =>
        {
            body["issuer_url"] = "https://internal.test";
            body["jwks"]!["discovery_base"] = service.Provider.Url + "/";
        });

        using var response = await service.ExchangeAsync(
            rule,
            service.Token(claims => claims["iss"] = "https://internal.test")
        );

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Source_Inline_FetchesNothing()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync(editIssuer: body =>
        {
            body["jwks"] = new JsonObject { ["type"] = "inline", ["keys"] = service.Provider.Keys.DeepClone() };
            body.Remove("allowed_targets");
        });

        (await service.AccessTokenAsync(rule)).ShouldNotBeEmpty();
        (await DenialWithKidAsync(service, rule, "unknown")).ShouldBe("kid_unknown");
        service.Provider.RequestsTo(Discovery).ShouldBe(0);
    }

    [Fact]
    public async Task Source_File_IsReadFromItsDirectoryAlone()
    {
        var directory = Directory.CreateTempSubdirectory("culvert-jwks-");
        try
        {
            await using var service = await FederatedService.StartAsync(o =>
                o with
                {
                    Federation = o.Federation with { JwksDirectory = directory.FullName },
                }
            );
            var rule = await service.RuleAsync(editIssuer: body => UseFile(body, "cluster/jwks.json"));
            (await service.DenialAsync(rule, service.Token())).ShouldBe("keys_unavailable");

            // As a mounted volume lays it out: the name, and the folder it leads to, are links.
            var version = directory.CreateSubdirectory("..2026");
            var keys = new JsonObject { ["keys"] = service.Provider.Keys.DeepClone() };
            await File.WriteAllTextAsync(
                Path.Combine(version.FullName, "jwks.json"),
                keys.ToJsonString(),
                TestContext.Current.CancellationToken
            );
            Directory.CreateSymbolicLink(Path.Combine(directory.FullName, "cluster"), "..2026");
            service.Time.Advance(TimeSpan.FromSeconds(30));
            (await service.AccessTokenAsync(rule)).ShouldNotBeEmpty();

            // A link out of the directory is not followed.
            var outside = Path.GetTempFileName();
            await File.WriteAllTextAsync(outside, keys.ToJsonString(), TestContext.Current.CancellationToken);
            File.CreateSymbolicLink(Path.Combine(directory.FullName, "out.json"), outside);
            var other = await service.RuleAsync(editIssuer: body => UseFile(body, "out.json"));
            (await service.DenialAsync(other, service.Token())).ShouldBe("keys_unavailable");
            File.Delete(outside);
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        static void UseFile(JsonObject body, string path)
        {
            body["jwks"] = new JsonObject { ["type"] = "file", ["path"] = path };
            body.Remove("allowed_targets");
        }
    }

    [Fact]
    public async Task Source_SpiffeBundle_ServesItsJwtSvidKeysAlone()
    {
        await using var service = await FederatedService.StartAsync();
        service.Provider.Keys[0]!["use"] = "jwt-svid";
        service.Provider.Keys[1]!["use"] = "x509-svid";
        var rule = await service.RuleAsync(editIssuer: body =>
            body["jwks"] = new JsonObject
            {
                ["type"] = "spiffe_bundle",
                ["trust_domain"] = "prod.acme.test",
                ["url"] = service.Provider.Url + KeySet,
                ["ca_cert_pem"] = service.Provider.Pki.RootPem,
            }
        );

        service.Provider.RequestsTo(Discovery).ShouldBe(0);
        (await DenialWithKidAsync(service, rule, "ec-1")).ShouldBe("kid_unknown");
        var keys = service.Service.Get<FederationDirectory>().Current.FindRule(rule)!.Keys;
        (await keys.FindAsync("rsa-1", TestContext.Current.CancellationToken)).Key.ShouldNotBeNull();
    }

    [Fact]
    public async Task Find_KeysBeyondHardExpiry_AreRefused()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        await service.AccessTokenAsync(rule);
        service.Provider.Script(Discovery, Status(500));
        service.Time.Advance(TimeSpan.FromDays(7));

        (await service.DenialAsync(rule, service.Token())).ShouldBe("keys_unavailable");
    }

    [Fact]
    public async Task Reload_SourceUnchanged_KeepsTheKeys()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        await service.AccessTokenAsync(rule);

        await service.Service.Get<FederationDirectory>().ReloadAsync(TestContext.Current.CancellationToken);
        await service.AccessTokenAsync(rule);

        service.Provider.RequestsTo(Discovery).ShouldBe(1);
    }

    private static Task<string?> DenialWithKidAsync(FederatedService service, string rule, string kid) =>
        service.DenialAsync(
            rule,
            service.Provider.Sign(
                service.Provider.Claims(FederatedService.PublicUrl),
                $$"""{"alg":"RS256","kid":"{{kid}}"}"""
            )
        );

    private static void Break(TestIdentityProvider provider, string fault)
    {
        var url = provider.Url;
        var (path, answer) = fault switch
        {
            "status-500" => (KeySet, Status(500)),
            "redirect" => (
                KeySet,
                http =>
                {
                    http.Response.Redirect(url + "/elsewhere");
                    return Task.CompletedTask;
                }
            ),
            "html" => (KeySet, Text("<html>sign in</html>")),
            "huge" => (KeySet, Text($"{{\"keys\":[],\"x\":\"{new string('x', 300 * 1024)}\"}}")),
            "gzip-bomb" => (KeySet, GzipBomb()),
            "empty-set" => (KeySet, Text("""{"keys":[]}""")),
            "too-many-keys" => (KeySet, Text($"{{\"keys\":[{string.Join(',', Enumerable.Repeat("{}", 101))}]}}")),
            "other-issuer" => (Discovery, Text($$"""{"issuer":"{{url}}/","jwks_uri":"{{url}}/jwks"}""")),
            "foreign-host" => (Discovery, Text($$"""{"issuer":"{{url}}","jwks_uri":"https://evil.test/jwks"}""")),
            "http-keys" => (
                Discovery,
                Text($$"""{"issuer":"{{url}}","jwks_uri":"{{url.Replace("https", "http")}}/jwks"}""")
            ),
            _ => (Discovery, Text($$"""{"issuer":"{{url}}","issuer":"{{url}}","jwks_uri":"{{url}}/jwks"}""")),
        };
        provider.Script(path, answer);
    }

    private static RequestDelegate Status(int status) =>
        http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        };

    private static RequestDelegate Text(string text) => http => http.Response.WriteAsync(text);

    // 20 MB of blanks in some 20 kB.
    private static RequestDelegate GzipBomb() =>
        async http =>
        {
            http.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(http.Response.Body, CompressionLevel.Fastest);
            for (var i = 0; i < 20; i++)
            {
                await gzip.WriteAsync(new byte[1024 * 1024]);
            }
        };
}
