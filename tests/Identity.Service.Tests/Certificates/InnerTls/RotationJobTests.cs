using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Certificates;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.InnerTls;

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

        // So does the authority: suspended between its check and the commit of the intent, it signs nothing.
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

    // What agents read in their feed: the bundle, and whether the certificate is to go before its time.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Advice_OfItsOwnCertificate_SaysBundleAndRevocation()
    {
        await using var federated = await FederatedService.StartAsync(options: options =>
            options with
            {
                Certificates = options.Certificates with { SingleApproval = true },
            }
        );
        using var root = new OfflineRoot(federated.Time.GetUtcNow());
        var api = federated.Service.Api;
        var tunnelId = (await api.PostOkAsync("/v1/tunnels", "{}")).Id();
        var otherId = (await api.PostOkAsync("/v1/tunnels", "{}")).Id();
        await IssuingBenchFixture.ActivateAsync(federated.Service, tunnelId, root);
        var rule = await federated.RuleAsync(body =>
        {
            body["oauth_scope"] = "certificate:issue";
            body["tunnel_ids"] = new JsonArray(tunnelId);
        });
        var token = await federated.AccessTokenAsync(rule);
        using var ordered = await OrderAsync(federated, token, tunnelId);
        var serial = (await ordered.JsonAsync()).GetProperty("certificate").Text("serial");
        using var job = federated.Service.Client(token);
        const string path = "/v1/certificates/renewal";

        var fresh = await job.GetOkAsync($"{path}?tunnel_id={tunnelId}&serial={serial}");
        var bundle = await api.GetOkAsync($"/v1/tunnels/{tunnelId}/trust_bundle");
        fresh.GetProperty("trust_bundle").Text("pem").ShouldBe(bundle.Text("pem"));
        fresh
            .GetProperty("trust_bundle")
            .GetProperty("epoch")
            .GetInt64()
            .ShouldBe(bundle.GetProperty("epoch").GetInt64());
        fresh.GetProperty("revoked").GetBoolean().ShouldBeFalse();
        fresh.GetProperty("suggested_window").ValueKind.ShouldBe(JsonValueKind.Null);

        await api.PostOkAsync("/v1/certificates/revoke", JsonSerializer.Serialize(new { serial }));
        (await job.GetOkAsync($"{path}?tunnel_id={tunnelId}&serial={serial}"))
            .GetProperty("revoked")
            .GetBoolean()
            .ShouldBeTrue();

        await job.GetAsync($"{path}?tunnel_id={tunnelId}&serial=00ff", Cancellation)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        await job.GetAsync($"{path}?tunnel_id={tunnelId}&serial=XYZ", Cancellation)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
        await job.GetAsync(path, Cancellation).ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
        await job.GetAsync($"{path}?tunnel_id={otherId}", Cancellation)
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "issue.tunnel");
        await api.GetAsync($"{path}?tunnel_id={tunnelId}", Cancellation)
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

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
