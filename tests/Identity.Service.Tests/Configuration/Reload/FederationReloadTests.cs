using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Addresses;
using Culvert.Platform.Issuers;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Configuration.Reload;

/// <summary><c>federation</c> and <c>private_issuer_networks</c>, changed while the service runs.</summary>
public sealed class FederationReloadTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Leeway_CountsForTheNextToken()
    {
        await SetLeewayAsync(30);
        (await ExchangeAsync(Expired(20))).ShouldBe(HttpStatusCode.OK);

        await SetLeewayAsync(10);
        (await Service.DenialAsync(fixture.RuleId, Expired(20))).ShouldBe("token_expired");

        await SetLeewayAsync(30);
        (await ExchangeAsync(Expired(20))).ShouldBe(HttpStatusCode.OK);
    }

    // What was used up under the shorter leeway must still be known under the longer one.
    [Fact]
    public async Task Leeway_Raised_RevivesNoUsedToken()
    {
        await SetLeewayAsync(0);
        var token = Expired(-5);
        (await ExchangeAsync(token)).ShouldBe(HttpStatusCode.OK);
        Service.Time.Advance(TimeSpan.FromSeconds(40));
        (await Service.DenialAsync(fixture.RuleId, token)).ShouldBe("token_expired");

        await SetLeewayAsync(60);

        (await Service.DenialAsync(fixture.RuleId, token)).ShouldBe("jti_reused");
        await SetLeewayAsync(30);
    }

    [Fact]
    public async Task MaxRuleTokenLife_CountsForTheNextRule()
    {
        await Service.Service.ReloadAsync(options =>
            options with
            {
                Federation = options.Federation with { MaxRuleTokenLife = TimeSpan.FromMinutes(5) },
            }
        );
        var body = Service.RuleBody(await Service.IssuerAsync(), await Service.AccountAsync());
        body["token_lifetime_seconds"] = 301;
        await Service
            .PostAsync(FederatedService.Rules, body)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

        await Service.Service.ReloadAsync(options =>
            options with
            {
                Federation = options.Federation with { MaxRuleTokenLife = TimeSpan.FromHours(24) },
            }
        );

        await Service.CreateAsync(FederatedService.Rules, body);
    }

    [Fact]
    public async Task PrivateIssuerNetworks_CountForTheNextFetch()
    {
        await using var closed = await FederatedService.StartAsync(options =>
            options with
            {
                PrivateIssuerNetworks = [],
            }
        );
        using (var refused = await closed.PostAsync(FederatedService.Issuers, closed.IssuerBody()))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }

        await closed.Service.ReloadAsync(options =>
            options with
            {
                PrivateIssuerNetworks = [new PrivateNetwork(IPNetwork.Parse("127.0.0.0/8"), Port: null)],
            }
        );

        using var response = await closed.ExchangeAsync(await closed.RuleAsync(), closed.Token());
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Refresh_Shorter_HoldsForTheKeysThatAreThere()
    {
        var bench = new KeyCacheBench(new FetchOptions { Refresh = TimeSpan.FromHours(24) });
        bench.Serve(KeyCacheBench.Set(("a", 0)));
        var keys = await bench.StartAsync();
        await keys.FindAsync("a", Cancel);
        var now = bench.Time.GetUtcNow();
        (keys.NextPollAt!.Value - now).ShouldBeGreaterThan(TimeSpan.FromHours(20));

        bench.Federation.Use(new() { Fetch = new FetchOptions { Refresh = TimeSpan.FromMinutes(10) } });

        (keys.NextPollAt!.Value - now).TotalMinutes.ShouldBeInRange(9, 11);
    }

    [Fact]
    public async Task StaleOk_Shorter_HoldsAtOnce()
    {
        var bench = new KeyCacheBench();
        bench.Serve(KeyCacheBench.Set(("a", 0)));
        var keys = await bench.StartAsync();
        await keys.FindAsync("a", Cancel);
        bench.Time.Advance(TimeSpan.FromHours(2));
        keys.State.ShouldBe(KeyState.StaleOk);

        bench.Federation.Use(new() { Fetch = new FetchOptions { StaleOk = TimeSpan.FromHours(1) } });

        keys.State.ShouldBe(KeyState.Degraded);
    }

    private string Expired(int seconds)
    {
        var now = Service.Time.GetUtcNow().ToUnixTimeSeconds();
        return Service.Token(claims =>
        {
            claims["iat"] = now - 120;
            claims["exp"] = now - seconds;
        });
    }

    private async Task<HttpStatusCode> ExchangeAsync(string token)
    {
        using var response = await Service.ExchangeAsync(fixture.RuleId, token);
        return response.StatusCode;
    }

    private Task SetLeewayAsync(int seconds) =>
        Service.Service.ReloadAsync(options =>
            options with
            {
                Federation = options.Federation with { Leeway = TimeSpan.FromSeconds(seconds) },
            }
        );
}
