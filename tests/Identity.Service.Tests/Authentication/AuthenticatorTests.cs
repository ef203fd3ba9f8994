using System.Net;
using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Authentication;

public sealed class AuthenticatorTests
{
    private const string Path = "/v1/organizations/current";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AdminKey_AsApiKeyHeader_IsAccepted()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        (await SendAsync(service, null, service.AdminKey)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(service, service.AdminKey, service.AdminKey)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task TwoDifferentCredentials_AreNone()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        using var response = await SendAsync(service, service.AdminKey, "other");

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await response.ErrorCodeAsync()).ShouldBe("auth.missing");
    }

    [Theory]
    [InlineData("clv_adm_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("clv_tun_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task UnknownCredential_Is401(string credential)
    {
        await using var service = await ServiceUnderTest.StartAsync();

        using var response = await SendAsync(service, credential, null);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await response.ErrorCodeAsync()).ShouldBe("auth.invalid");
        response.Headers.WwwAuthenticate.First().ToString().ShouldStartWith("Bearer error=\"invalid_token\"");
    }

    [Theory]
    [InlineData(0, HttpStatusCode.OK)]
    [InlineData(1, HttpStatusCode.Unauthorized)]
    public async Task AdminKey_AtItsEnd_IsRefusedFromTheNextSecondOn(int seconds, HttpStatusCode status)
    {
        await using var service = await ServiceUnderTest.StartAsync();
        service.Time.JumpTo(service.Time.GetUtcNow() + FirstTenant.KeyLife + TimeSpan.FromSeconds(seconds));

        (await SendAsync(service, service.AdminKey, null)).StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task FailingSource_IsCutOffWithATime()
    {
        await using var service = await ServiceUnderTest.StartAsync(options: o =>
            o with
            {
                Limits = o.Limits with
                {
                    HistoryPerAddress = new RateLimit(2, TimeSpan.FromSeconds(1)),
                    ExchangePerAddress = new RateLimit(1, TimeSpan.FromSeconds(1)),
                },
            }
        );
        for (var failed = 0; failed < 3; failed++)
        {
            (await SendAsync(service, "clv_adm_x", null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        using var limited = await SendAsync(service, service.AdminKey, null);

        limited.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await limited.ErrorCodeAsync()).ShouldBe("request.rate_limited");
        limited.Header("retry-after").ShouldBe("1");
        limited.Header("retry-after-ms").ShouldBe("500");
    }

    // One failing client must not lock out the others of its address.
    [Theory]
    [InlineData(false, 11)]
    [InlineData(true, 70)]
    public async Task FailingSource_GoodCredential_IsAccepted(bool wasAcceptedBefore, int failures)
    {
        await using var service = await ServiceUnderTest.StartAsync(options: o =>
            o with
            {
                Limits = new LimitOptions(),
            }
        );
        if (wasAcceptedBefore)
        {
            (await SendAsync(service, service.AdminKey, null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var answers = new List<HttpStatusCode>();
        for (var failed = 0; failed < failures; failed++)
        {
            using var refused = await SendAsync(service, "clv_adm_x", null);
            answers.Add(refused.StatusCode);
        }

        // 10 failures and 50 of the requests that need no credential, in the same moment of the fake clock.
        answers.Count(status => status == HttpStatusCode.Unauthorized).ShouldBe(Math.Min(failures, 60));
        using var accepted = await SendAsync(service, service.AdminKey, null);
        accepted.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task AnonymousPath_BeyondItsLimit_Is429()
    {
        await using var service = await ServiceUnderTest.StartAsync(options: o =>
            o with
            {
                Limits = o.Limits with { ExchangePerAddress = new RateLimit(1, TimeSpan.FromSeconds(1)) },
            }
        );
        using var client = service.Client(null);
        (await client.GetAsync("/v1/platform_ca", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await client.GetAsync("/v1/platform_ca", Cancel)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        service.Time.Advance(TimeSpan.FromSeconds(1));
        (await client.GetAsync("/v1/platform_ca", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task WrongMethod_Is405Envelope()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/tunnels");

        await service
            .Api.SendAsync(request, Cancel)
            .ShouldRefuseAsync(HttpStatusCode.MethodNotAllowed, "request.method");
    }

    private static async Task<HttpResponseMessage> SendAsync(ServiceUnderTest service, string? bearer, string? apiKey)
    {
        using var client = service.Client(bearer);
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        if (apiKey is not null)
        {
            request.Headers.Add("X-Api-Key", apiKey);
        }

        return await client.SendAsync(request, Cancel);
    }
}
