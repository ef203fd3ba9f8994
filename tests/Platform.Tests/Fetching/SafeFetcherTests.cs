using System.IO.Compression;
using System.Net;
using System.Text;
using Culvert.Platform.Addresses;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;
using Culvert.Platform.Tests.Net;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Fetching;

public sealed class SafeFetcherTests : IAsyncDisposable
{
    private readonly TestPki pki = new(TimeProvider.System.GetUtcNow());
    private readonly FakeHostResolver resolver = new FakeHostResolver().With("idp.test", "127.0.0.1");
    private TestServer? server;

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Fetch_AllowedTarget_GivesTheBody()
    {
        var result = await Fetch(context =>
        {
            context.Response.Headers.ETag = "\"1\"";
            context.Response.Headers.CacheControl = "max-age=600";
            return context.Response.WriteAsync("{}");
        });

        result.IsSuccess.ShouldBeTrue();
        Encoding.UTF8.GetString(result.Body.Span).ShouldBe("{}");
        (result.EntityTag, result.MaxAge).ShouldBe(("\"1\"", TimeSpan.FromMinutes(10)));
        resolver.Questions.ShouldBe(1);
    }

    [Fact]
    public async Task Fetch_NotInTheTargets_IsRefusedNamingAddressAndField()
    {
        var result = await Fetch(Hello, edit: r => r with { AllowedTargets = [] });

        result.Code("issuer").ShouldBe("issuer.loopback_address");
        (result.Field, result.Address).ShouldBe(("issuer_url", IPAddress.Loopback));
        result.Detail.ShouldBe(
            "idp.test has the address 127.0.0.1, which is not public and not among the allowed targets."
        );
    }

    [Fact]
    public async Task Fetch_PrivateAddress_HasItsCode()
    {
        resolver.With("idp.test", "10.0.0.5");

        (await Fetch(Hello)).Code("issuer").ShouldBe("issuer.private_address");
    }

    [Theory]
    [InlineData("93.184.216.34", "93.184.216.34:443", null)] // the address that was checked, not the name
    [InlineData("169.254.169.254", null, "issuer.metadata_address")]
    [InlineData("10.0.0.5", null, "issuer.private_address")]
    public async Task Fetch_BehindAProxy_IsCheckedAllTheSame(string address, string? target, string? code)
    {
        ConnectProxy? proxy = null;
        resolver.With("idp.test", address);

        var result = await Fetch(
            Hello,
            r => r with { Url = "https://idp.test/", AllowedTargets = [] },
            network: port =>
            {
                proxy = new ConnectProxy { Open = true, Target = port };
                return new NetworkOptions { Proxy = new HttpProxyOptions { Url = proxy.Url } };
            }
        );

        proxy!.Targets.ShouldBe(target is null ? [] : [target]);
        (result.IsSuccess ? null : result.Code("issuer")).ShouldBe(code);
        await proxy.DisposeAsync();
    }

    [Theory]
    [InlineData("93.184.216.34:443", 2)]
    [InlineData("93.184.216.35:443", 1)]
    public async Task Fetch_BehindAProxyThatReachesOneAddress_TriesEach(string unreachable, int asked)
    {
        ConnectProxy? proxy = null;
        resolver.With("idp.test", "93.184.216.34", "93.184.216.35");

        var result = await Fetch(
            Hello,
            r => r with { Url = "https://idp.test/", AllowedTargets = [] },
            network: port =>
            {
                proxy = new ConnectProxy
                {
                    Open = true,
                    Target = port,
                    Unreachable = unreachable,
                };
                return new NetworkOptions { Proxy = new HttpProxyOptions { Url = proxy.Url } };
            }
        );

        (result.IsSuccess, proxy!.Targets.Count).ShouldBe((true, asked));
        await proxy.DisposeAsync();
    }

    [Fact]
    public async Task Fetch_PrivateTargetBehindAProxy_IsDialledDirectly()
    {
        ConnectProxy? proxy = null;

        var result = await Fetch(
            Hello,
            network: port =>
            {
                proxy = new ConnectProxy { Open = true, Target = port };
                return new NetworkOptions { Proxy = new HttpProxyOptions { Url = proxy.Url } };
            }
        );

        result.IsSuccess.ShouldBeTrue();
        proxy!.Targets.ShouldBeEmpty();
        await proxy.DisposeAsync();
    }

    [Fact]
    public async Task Fetch_OtherAddressFamily_HasNoAddress()
    {
        var network = new NetworkOptions { Family = System.Net.Sockets.AddressFamily.InterNetworkV6 };

        (await Fetch(Hello, network: _ => network)).Code("issuer").ShouldBe("issuer.unresolvable");
    }

    [Fact]
    public async Task Fetch_NameThatChangesItsMind_IsAskedOnce()
    {
        var answers = new Queue<string>(["127.0.0.1", "169.254.169.254"]);
        resolver.With("idp.test", () => [IPAddress.Parse(answers.Dequeue())]);

        (await Fetch(Hello)).IsSuccess.ShouldBeTrue();

        answers.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("http://idp.test/")]
    [InlineData("https://user@idp.test/")]
    [InlineData("https://idp.test/#x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/x")]
    [InlineData("")]
    public async Task Fetch_AnotherKindOfUrl_IsRefusedBeforeAnyQuestion(string url)
    {
        (await Fetch(Hello, edit: r => r with { Url = url })).Refusal.ShouldBe(FetchRefusal.InvalidUrl);

        resolver.Questions.ShouldBe(0);
    }

    [Fact]
    public async Task Fetch_Redirect_IsNotFollowed()
    {
        var requests = 0;
        var result = await Fetch(context =>
        {
            requests++;
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });

        (result.Refusal, requests).ShouldBe((FetchRefusal.Redirect, 1));
    }

    [Theory]
    [InlineData(1024, null)]
    [InlineData(1025, FetchRefusal.TooLarge)]
    public async Task Fetch_BodyOnBothSidesOfTheLimit(int bytes, FetchRefusal? expected) =>
        (await Fetch(c => c.Response.Body.WriteAsync(new byte[bytes]).AsTask())).Refusal.ShouldBe(expected);

    [Theory]
    [InlineData(1024, null)]
    [InlineData(10_000_000, FetchRefusal.TooLarge)]
    public async Task Fetch_Gzip_CountsTheDecodedBytes(int bytes, FetchRefusal? expected)
    {
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(new byte[bytes], TestContext.Current.CancellationToken);
        }

        var result = await Fetch(context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return context.Response.Body.WriteAsync(packed.ToArray()).AsTask();
        });

        result.Refusal.ShouldBe(expected);
    }

    [Fact]
    public async Task Fetch_FalseGzip_IsMalformed() =>
        (
            await Fetch(context =>
            {
                context.Response.Headers.ContentEncoding = "gzip";
                return context.Response.WriteAsync("not gzip");
            })
        ).Refusal.ShouldBe(FetchRefusal.Malformed);

    [Fact]
    public async Task Fetch_CertificateOfAnotherCa_IsRefused() =>
        (await Fetch(Hello, edit: r => r with { PinnedRoots = [new TestPki().Root] })).Refusal.ShouldBe(
            FetchRefusal.Tls
        );

    [Fact]
    public async Task Fetch_PrivateCaWithoutPin_IsRefused() =>
        (await Fetch(Hello, edit: r => r with { PinnedRoots = null })).Refusal.ShouldBe(FetchRefusal.Tls);

    [Fact]
    public async Task Fetch_CertificateForAnotherName_IsRefused()
    {
        resolver.With("other.test", "127.0.0.1");

        var result = await Fetch(Hello, edit: r => r with { Url = r.Url.Replace("idp.test", "other.test") });

        result.Refusal.ShouldBe(FetchRefusal.Tls);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(404)]
    [InlineData(204)]
    [InlineData(304)] // no condition was sent
    public async Task Fetch_AnotherStatus_IsRefused(int status)
    {
        var result = await Fetch(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        result.IsSuccess.ShouldBeFalse();
    }

    [Fact]
    public async Task Fetch_Unchanged_IsNotModified()
    {
        var result = await Fetch(
            context =>
            {
                context.Response.StatusCode = context.Request.Headers.IfNoneMatch == "\"1\"" ? 304 : 200;
                return Task.CompletedTask;
            },
            edit: r => r with { IfNoneMatch = "\"1\"" }
        );

        result.IsNotModified.ShouldBeTrue();
    }

    [Theory]
    [InlineData("text/html", FetchRefusal.ContentType)]
    [InlineData("image/png", FetchRefusal.ContentType)]
    [InlineData("application/xml", FetchRefusal.ContentType)]
    [InlineData("application/json; charset=utf-8", null)]
    [InlineData("application/json; charset=utf8", null)]
    [InlineData("Application/JSON", null)]
    [InlineData("TEXT/PLAIN", null)]
    [InlineData("Application/Octet-Stream", null)]
    [InlineData("application/jwk-set+json", null)]
    [InlineData("Application/JWK-Set+JSON", null)]
    [InlineData("TEXT/HTML", FetchRefusal.ContentType)]
    [InlineData("text/plain", null)]
    [InlineData("application/octet-stream", null)]
    [InlineData(null, null)]
    public async Task Fetch_ContentType_MustBeADocuments(string? type, FetchRefusal? expected) =>
        (
            await Fetch(context =>
            {
                context.Response.ContentType = type;
                return context.Response.WriteAsync("{}");
            })
        ).Refusal.ShouldBe(expected);

    [Fact]
    public async Task Fetch_Observed_TellsAddressTlsAndStatus()
    {
        var observation = new FetchObservation();
        resolver.With("idp.test", "10.0.0.5", "127.0.0.1");

        await Fetch(Hello, edit: r => r with { Observation = observation });

        observation.Addresses.ShouldBe([
            (IPAddress.Parse("10.0.0.5"), FetchRefusal.PrivateAddress),
            (IPAddress.Loopback, null),
        ]);
        observation.ConnectedTo!.Address.ShouldBe(IPAddress.Loopback);
        observation.TlsProtocol.ShouldBe("Tls13");
        observation.CertificateSha256!.Length.ShouldBe(64);
        observation.Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("10.0.0.5", FetchRefusal.PrivateAddress)]
    [InlineData("169.254.169.254", FetchRefusal.MetadataAddress)]
    [InlineData("8.8.8.8", null)]
    public async Task Check_WhereANameLeads_IsDecidedWithoutConnecting(string address, FetchRefusal? expected)
    {
        resolver.With("idp.test", address);
        var fetcher = new SafeFetcher(new SafeFetcherOptions(), TimeProvider.System, resolver);

        var result = await fetcher.CheckAsync(
            new FetchRequest { Url = "https://idp.test/", Field = "jwks.url" },
            TestContext.Current.CancellationToken
        );

        (result?.Refusal).ShouldBe(expected);
    }

    [Fact]
    public async Task Fetch_SlowServer_TimesOutByTheClock()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var asked = new TaskCompletionSource();

        var fetch = Fetch(
            async context =>
            {
                asked.SetResult();
                await Never.RespondAsync(context.RequestAborted);
            },
            time: time
        );
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(5));

        (await fetch).Refusal.ShouldBe(FetchRefusal.TimedOut);
    }

    [Fact]
    public async Task Fetch_UnknownName_IsUnresolvable() =>
        (await Fetch(Hello, edit: r => r with { Url = "https://nowhere.test/" })).Refusal.ShouldBe(
            FetchRefusal.Unresolvable
        );

    private static Task Hello(HttpContext context) => context.Response.WriteAsync("hello");

    [Fact]
    public async Task Fetch_Post_SendsBodyAndHeadersAndTakesAny2xx()
    {
        string? seen = null;
        var result = await Fetch(
            async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                var body = await reader.ReadToEndAsync(context.RequestAborted);
                seen =
                    $"{context.Request.Method} {context.Request.ContentType} {context.Request.Headers["webhook-id"]} {body}";
                context.Response.StatusCode = 202;
            },
            edit: r => r with { Post = Message }
        );

        result.IsSuccess.ShouldBeTrue(result.Detail);
        seen.ShouldBe("POST application/json msg_1 {}");
    }

    [Theory]
    [InlineData(302, FetchRefusal.Redirect)]
    [InlineData(410, FetchRefusal.Status)]
    [InlineData(500, FetchRefusal.Status)]
    public async Task Fetch_PostThatIsNotTaken_IsRefused(int status, FetchRefusal refusal)
    {
        var result = await Fetch(
            context =>
            {
                context.Response.StatusCode = status;
                context.Response.Headers.Location = "https://elsewhere.test/";
                return Task.CompletedTask;
            },
            edit: r => r with { Post = Message }
        );

        result.Refusal.ShouldBe(refusal);
    }

    private static FetchPost Message => new("{}"u8.ToArray(), "application/json", [new("webhook-id", "msg_1")]);

    private async Task<FetchResult> Fetch(
        RequestDelegate handler,
        Func<FetchRequest, FetchRequest>? edit = null,
        TimeProvider? time = null,
        Func<int, NetworkOptions>? network = null
    )
    {
        server = await TestServer.StartAsync(
            handler,
            pki.Issue(dnsNames: ["idp.test"], usages: [TestPki.ServerAuthentication]),
            pki.Issuing
        );
        FetchTarget.TryCreate("127.0.0.1/32", server.Port, out var target);
        PrivateNetwork.TryParse("127.0.0.0/8:any", out var bound).ShouldBeTrue();
        var fetcher = new SafeFetcher(
            new SafeFetcherOptions
            {
                MaxBytes = 1024,
                PrivateNetworks = [bound],
                Network = network?.Invoke(server.Port) ?? NetworkOptions.Default,
            },
            time ?? TimeProvider.System,
            resolver
        );
        var request = new FetchRequest
        {
            Url = $"https://idp.test:{server.Port}/",
            Field = "issuer_url",
            AllowedTargets = [target],
            PinnedRoots = [pki.Root],
        };
        return await fetcher.FetchAsync(edit?.Invoke(request) ?? request, TestContext.Current.CancellationToken);
    }
}
