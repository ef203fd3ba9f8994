using System.Net;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Federation;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation;

public sealed class FederationDirectoryTests
{
    // A51, A52: a change that could not be read stops granting until it has been.
    [Fact]
    public async Task Reload_Fails_NothingIsGrantedUntilItSucceeds()
    {
        FailingRuleStore? rules = null;
        await using var service = await FederatedService.StartAsync(configure: services =>
            services.AddSingleton<IRuleStore>(provider =>
                rules = new FailingRuleStore(new RuleStore(provider.GetRequiredService<Database>()))
            )
        );
        var rule = await service.RuleAsync();
        using var client = service.Service.Client(await service.AccessTokenAsync(rule));

        rules!.IsFailing = true;
        await service.CreateAsync($"{FederatedService.Rules}/{rule}/archive");

        using var exchange = await service.ExchangeAsync(rule, service.Token());
        exchange.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        using var use = await client.GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken);
        use.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        rules.IsFailing = false;
        await service
            .Service.Get<Service.Federation.FederationDirectory>()
            .ReloadAsync(TestContext.Current.CancellationToken);
        (await service.DenialAsync(rule, service.Token())).ShouldBe("rule_archived");
    }
}
