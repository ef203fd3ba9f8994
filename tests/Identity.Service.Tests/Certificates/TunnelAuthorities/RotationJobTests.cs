using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Certificates;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.TunnelAuthorities;

/// <summary>A rotation job with nothing scripted: identity provider, rule, exchange, certificate, and the rule's end.</summary>
public sealed class RotationJobTests
{
    [Fact]
    public async Task Order_ByTheProvidersToken_WorksUntilTheRuleEnds()
    {
        await using var federated = await FederatedService.StartAsync(
            configure: services =>
                services
                    .AddSingleton(provider => new InterruptingJournal(provider.GetRequiredService<Journal>()))
                    .AddSingleton<IJournal>(provider => provider.GetRequiredService<InterruptingJournal>()),
            options: options => options with { Certificates = options.Certificates with { SingleApproval = true } }
        );
        using var root = new OfflineRoot(federated.Time.GetUtcNow());
        var tunnelId = (await federated.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        var authority = await IssuingBenchFixture.ActivateAsync(federated.Service, tunnelId, root);
        var rule = await federated.RuleAsync(body =>
        {
            body["oauth_scope"] = "certificate:issue";
            body["tunnel_ids"] = new JsonArray(tunnelId);
        });
        var token = await federated.AccessTokenAsync(rule);

        using var first = await OrderAsync(federated, token, tunnelId);
        first.StatusCode.ShouldBe(HttpStatusCode.OK);

        // So does the authority: suspended between the look at it and the commit of the intent, it signs nothing.
        var suspend = $"/v1/certificate_authorities/{authority}/suspend";
        federated.Service.Get<InterruptingJournal>().BeforeNextIntent(() => federated.CreateAsync(suspend));
        await OrderAsync(federated, token, tunnelId).ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.not_active");
        await federated.CreateAsync($"/v1/certificate_authorities/{authority}/resume");

        // The rule ends between the check of the token and the commit of the intent: nothing is signed.
        federated
            .Service.Get<InterruptingJournal>()
            .BeforeNextIntent(() => federated.CreateAsync($"{FederatedService.Rules}/{rule}/archive"));
        await OrderAsync(federated, token, tunnelId).ShouldRefuseAsync(HttpStatusCode.Forbidden, "renewal.disabled");
        var certificates = await federated.GetAsync($"/v1/certificates?tunnel_id={tunnelId}");
        certificates.GetProperty("data").GetArrayLength().ShouldBe(1);
        await OrderAsync(federated, token, tunnelId).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "token.revoked");
    }

    private static async Task<HttpResponseMessage> OrderAsync(FederatedService federated, string token, string tunnelId)
    {
        using var client = federated.Service.Client(token);
        using var key = CertificateRequests.NewKey();
        return await client.PostAsync(
            "/v1/certificates",
            JsonSerializer.Serialize(new { tunnel_id = tunnelId, csr = CertificateRequests.Create(key) })
        );
    }
}
