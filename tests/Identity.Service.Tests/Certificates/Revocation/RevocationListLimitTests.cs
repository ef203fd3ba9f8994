using System.Net;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Revocation;

public sealed class RevocationListLimitTests
{
    private const string Missing = "/v1/crl/ca_x/0.crl";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lists_OfOneAddress_DoNotUseUpItsExchanges()
    {
        await using var service = await StartAsync(limits =>
            limits with
            {
                ListsPerAddress = new RateLimit(2, TimeSpan.FromMinutes(1)),
            }
        );
        using var anyone = service.Client(null);
        (await anyone.GetAsync(Missing, Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await anyone.GetAsync(Missing, Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        await anyone
            .GetAsync(Missing, Cancel)
            .ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "request.rate_limited");
        (await anyone.GetAsync("/v1/platform_ca", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Lists_OtherAnonymousPathsExhausted_AreStillFetched()
    {
        await using var service = await StartAsync(limits =>
            limits with
            {
                ExchangePerAddress = new RateLimit(1, TimeSpan.FromMinutes(1)),
            }
        );
        using var anyone = service.Client(null);
        await anyone.GetAsync("/v1/platform_ca", Cancel);
        (await anyone.GetAsync("/v1/platform_ca", Cancel)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);

        (await anyone.GetAsync(Missing, Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Lists_AllAddressesTogether_AreLimited()
    {
        await using var service = await StartAsync(limits =>
            limits with
            {
                ListsTotal = new RateLimit(1, TimeSpan.FromSeconds(1)),
            }
        );
        using var anyone = service.Client(null);
        (await anyone.GetAsync(Missing, Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        await anyone.GetAsync(Missing, Cancel).ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "crl.busy");
        service.Time.Advance(TimeSpan.FromSeconds(1));
        (await anyone.GetAsync(Missing, Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/v1/audit/export")]
    [InlineData("/v1/certificates/export")]
    public async Task Export_ManyAtOnce_IsLimitedPerCaller(string path)
    {
        await using var service = await StartAsync(limits =>
            limits with
            {
                CostlyPerCaller = new RateLimit(1, TimeSpan.FromMinutes(1)),
            }
        );
        (await service.Api.GetAsync(path, Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await service
            .Api.GetAsync(path, Cancel)
            .ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "request.rate_limited");
    }

    private static Task<ServiceUnderTest> StartAsync(Func<LimitOptions, LimitOptions> limits) =>
        ServiceUnderTest.StartAsync(options: options => options with { Limits = limits(options.Limits) });
}
