using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Enrollments;

/// <summary>S3 and S4 with nothing scripted: identity provider, rule, exchange, enrolment, and the rule's end.</summary>
public sealed class FederatedEnrollmentTests
{
    [Fact]
    public async Task Enroll_ByTheProvidersToken_WorksUntilTheRuleIsArchived()
    {
        await using var federated = await FederatedService.StartAsync();
        var tunnelId = (await federated.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        var rule = await AgentRuleAsync(federated, tunnelId);

        using var enrolled = await EnrollAsync(federated, await federated.AccessTokenAsync(rule), tunnelId);
        enrolled.StatusCode.ShouldBe(HttpStatusCode.OK);
        var serial = (await enrolled.JsonAsync()).GetProperty("certificate").Text("serial");
        (await RevokedAsync(federated)).Serials.ShouldBeEmpty();

        await federated.Service.Api.PostOkAsync($"{FederatedService.Rules}/{rule}/archive");

        (await RevokedAsync(federated)).Serials.ShouldBe([serial!]);
    }

    // S4: every element of the record is re-checked, the principal too. Retargeting frees the account to be archived.
    [Fact]
    public async Task Enroll_RuleRetargetedAndItsAccountArchived_EndsTheEnrolment()
    {
        await using var federated = await FederatedService.StartAsync();
        var tunnelId = (await federated.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        var rule = await AgentRuleAsync(federated, tunnelId);
        using var enrolled = await EnrollAsync(federated, await federated.AccessTokenAsync(rule), tunnelId);
        var serial = (await enrolled.JsonAsync()).GetProperty("certificate").Text("serial");
        var target = new JsonObject
        {
            ["type"] = "service_account",
            ["service_account_id"] = await federated.AccountAsync(),
        };

        await federated.CreateAsync($"{FederatedService.Rules}/{rule}", new JsonObject { ["target"] = target });

        (await RevokedAsync(federated)).Serials.ShouldBe([serial!]);
    }

    [Fact]
    public async Task Enroll_RuleNoLongerCoversTheWorkspace_EndsTheEnrolment()
    {
        await using var federated = await FederatedService.StartAsync();
        var tunnelId = (await federated.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        var rule = await AgentRuleAsync(federated, tunnelId);
        using var enrolled = await EnrollAsync(federated, await federated.AccessTokenAsync(rule), tunnelId);
        var serial = (await enrolled.JsonAsync()).GetProperty("certificate").Text("serial");

        using var removed = await federated.Service.Api.DeleteAsync(
            $"{FederatedService.Rules}/{rule}/workspaces/{federated.WorkspaceId}",
            TestContext.Current.CancellationToken
        );

        removed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await RevokedAsync(federated)).Serials.ShouldBe([serial!]);
    }

    // The feed that shows a revocation lists the serials of that moment: none may be added afterwards.
    [Theory]
    [InlineData("archive", null)]
    [InlineData("update", "bundle:read")]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Enroll_RuleEndsBetweenCheckAndIntent_IssuesNothing(string change, string? scope)
    {
        await using var federated = await InterruptibleAsync();
        var tunnelId = (await federated.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        var rule = await AgentRuleAsync(federated, tunnelId);
        var token = await federated.AccessTokenAsync(rule);
        federated
            .Service.Get<InterruptingJournal>()
            .BeforeNextIntent(() =>
                change == "archive"
                    ? federated.CreateAsync($"{FederatedService.Rules}/{rule}/archive")
                    : federated.CreateAsync(
                        $"{FederatedService.Rules}/{rule}",
                        new JsonObject { ["oauth_scope"] = scope, ["tunnel_ids"] = new JsonArray() }
                    )
            );

        await EnrollAsync(federated, token, tunnelId).ShouldRefuseAsync(HttpStatusCode.Forbidden, "renewal.disabled");

        var certificates = await federated.GetAsync($"/v1/certificates?tunnel_id={tunnelId}");
        certificates.GetProperty("data").GetArrayLength().ShouldBe(0);
    }

    // The feed that shows the rule's end must list what is being signed at that moment.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task EnrollEdge_RuleEndsBeforeTheCertificateIsRecorded_ListsItsSerial()
    {
        await using var federated = await InterruptibleAsync();
        var body = new JsonObject { ["name"] = "edge", ["addresses"] = new JsonArray("edge.test:7844") };
        var edge = (await federated.CreateAsync("/v1/edges", body)).Id();
        var rule = await federated.RuleAsync(wanted =>
        {
            wanted["oauth_scope"] = "edge:serve";
            wanted["edge_ids"] = new JsonArray(edge);
        });
        using var client = federated.Service.Client(await federated.AccessTokenAsync(rule));
        var shown = EndWhileSigning(federated, rule);

        using var key = CertificateRequests.NewKey();
        using var enrolled = await client.PostAsync(
            "/v1/edge/enrollments",
            JsonSerializer.Serialize(new { edge_id = edge, csr = CertificateRequests.Create(key) })
        );

        var serial = (await enrolled.JsonAsync()).GetProperty("certificate").Text("serial");
        (await shown.Task).Serials.ShouldBe([serial!]);
        (await shown.Task).EdgeSerials.ShouldBe([serial!]);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Enroll_ExpiredAndRuleEndsBeforeTheCertificateIsRecorded_ListsItsSerial()
    {
        await using var federated = await InterruptibleAsync();
        var tunnelId = (await federated.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        var rule = await AgentRuleAsync(federated, tunnelId);
        (await EnrollAsync(federated, await federated.AccessTokenAsync(rule), tunnelId)).Dispose();
        federated.Time.JumpTo(federated.Time.GetUtcNow() + TimeSpan.FromHours(2));
        var token = await federated.AccessTokenAsync(rule);
        var shown = EndWhileSigning(federated, rule);

        using var enrolled = await EnrollAsync(federated, token, tunnelId);

        var serial = (await enrolled.JsonAsync()).GetProperty("certificate").Text("serial");
        (await shown.Task).Serials.ShouldBe([serial!]);
    }

    [Fact]
    public async Task Enroll_TokenOfAWorkspaceThatTheRuleLeft_IsRefused()
    {
        await using var federated = await FederatedService.StartAsync();
        var tunnelId = (await federated.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        var rule = await AgentRuleAsync(federated, tunnelId);
        var token = await federated.AccessTokenAsync(rule);

        using var removed = await federated.Service.Api.DeleteAsync(
            $"{FederatedService.Rules}/{rule}/workspaces/{federated.WorkspaceId}",
            TestContext.Current.CancellationToken
        );

        await EnrollAsync(federated, token, tunnelId).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "token.revoked");
    }

    [Fact]
    public async Task Enroll_TunnelThatTheRuleDoesNotName_IsRefused()
    {
        await using var federated = await FederatedService.StartAsync();
        var named = (await federated.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        var other = (await federated.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        var rule = await AgentRuleAsync(federated, named);

        await EnrollAsync(federated, await federated.AccessTokenAsync(rule), other)
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "enrolment.tunnel");
    }

    [Fact]
    public async Task Enroll_ExpiredAccessToken_IsRefusedByItsCode()
    {
        await using var federated = await FederatedService.StartAsync();
        var tunnelId = (await federated.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        var token = await federated.AccessTokenAsync(await AgentRuleAsync(federated, tunnelId));

        federated.Time.JumpTo(federated.Time.GetUtcNow() + TimeSpan.FromHours(2));

        using var response = await EnrollAsync(federated, token, tunnelId);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await response.ErrorCodeAsync()).ShouldBe("token.expired");
    }

    private static Task<FederatedService> InterruptibleAsync() =>
        FederatedService.StartAsync(configure: services =>
            services
                .AddSingleton(provider => new InterruptingJournal(provider.GetRequiredService<Journal>()))
                .AddSingleton<IJournal>(provider => provider.GetRequiredService<InterruptingJournal>())
        );

    // Archives the rule while the next certificate is signed; what a feed shows at that moment.
    private static TaskCompletionSource<RevokedMachines> EndWhileSigning(FederatedService federated, string rule)
    {
        var shown = new TaskCompletionSource<RevokedMachines>();
        federated
            .Service.Get<InterruptingJournal>()
            .BeforeNextCertificate(async () =>
            {
                federated.Time.Advance(TimeSpan.FromSeconds(1));
                await federated.CreateAsync($"{FederatedService.Rules}/{rule}/archive");
                shown.SetResult(await RevokedAsync(federated));
            });
        return shown;
    }

    private static Task<string> AgentRuleAsync(FederatedService federated, string tunnelId) =>
        federated.RuleAsync(body =>
        {
            body["oauth_scope"] = "tunnel:agent";
            body["tunnel_ids"] = new JsonArray(tunnelId);
        });

    private static async Task<HttpResponseMessage> EnrollAsync(
        FederatedService federated,
        string token,
        string tunnelId
    )
    {
        using var key = CertificateRequests.NewKey();
        using var client = federated.Service.Client(token);
        return await client.PostAsync(
            "/v1/agent/enrollments",
            JsonSerializer.Serialize(
                new AgentEnrollmentRequest
                {
                    TunnelId = tunnelId,
                    InstanceId = "one",
                    Csr = CertificateRequests.Create(key),
                },
                WireJson.Default.AgentEnrollmentRequest
            )
        );
    }

    private static ValueTask<RevokedMachines> RevokedAsync(FederatedService federated) =>
        federated.Service.Get<IRevokedMachines>().ListAsync(TestContext.Current.CancellationToken);
}
