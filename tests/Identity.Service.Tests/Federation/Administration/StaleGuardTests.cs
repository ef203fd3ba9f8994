using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Culvert.Identity.Service.Tests.Federation.Administration;

/// <summary>
/// Who may change an issuer or a membership is decided on what all nodes have committed, not on what word has come of.
/// </summary>
[Trait("Attack", "A57")]
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class StaleGuardTests : IAsyncLifetime
{
    private readonly DeafChanges changes = new();
    private FederatedService service = null!;

    public async ValueTask InitializeAsync() =>
        service = await FederatedService.StartAsync(configure: services =>
            services.AddSingleton<IChanges>(provider =>
            {
                changes.Inner = provider.GetRequiredService<ChangeHub>();
                return changes;
            })
        );

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task UpdateIssuer_RuleThatThisNodeHasNotSeen_CountsAllTheSame()
    {
        var issuer = await service.IssuerAsync();
        var account = await service.AccountAsync();
        changes.IsDeaf = true;
        var body = service.RuleBody(issuer, account);
        body["match"] = new JsonObject { ["claims"] = new JsonObject { ["environment"] = "prod" } };
        await service.CreateAsync(FederatedService.Rules, body);

        await service
            .PostAsync(
                $"{FederatedService.Issuers}/{issuer}",
                new JsonObject
                {
                    ["issuer_url"] = "https://token.actions.githubusercontent.com",
                    ["jwks"] = new JsonObject { ["type"] = "inline", ["keys"] = service.Provider.Keys.DeepClone() },
                }
            )
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "federation.lint");
    }

    [Fact]
    public async Task ChangeByWorkload_RuleThatThisNodeHasNotSeen_CountsAllTheSame()
    {
        var admin = service.RuleBody(await service.IssuerAsync(), await service.AccountAsync("admin"));
        admin["oauth_scope"] = "org:admin workspace:developer";
        var id = (await service.CreateAsync(FederatedService.Rules, admin)).Text("id");
        using var workload = service.Service.Client(await service.AccessTokenAsync(id));
        var issuer = await service.IssuerAsync();
        var account = await service.AccountAsync(workspaceRole: null);
        changes.IsDeaf = true;
        var strong = service.RuleBody(issuer, account);
        strong["oauth_scope"] = "workspace:manage_tunnels";
        await service.CreateAsync(FederatedService.Rules, strong);

        await service
            .PostAsync(
                $"{FederatedService.Issuers}/{issuer}",
                new JsonObject { ["max_jwt_lifetime_seconds"] = 7200 },
                workload
            )
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "federation.scope_not_grantable");
        await service
            .PostAsync(
                $"{FederatedService.Accounts}/{account}/workspaces",
                new JsonObject { ["workspace_id"] = service.WorkspaceId, ["workspace_role"] = "workspace_admin" },
                workload
            )
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "federation.scope_not_grantable");
    }

    /// <summary>A node to which word of changes has not come yet.</summary>
    private sealed class DeafChanges : IChanges
    {
        public IChanges Inner { get; set; } = null!;

        public bool IsDeaf { get; set; }

        public bool IsCurrent(ChangeTopics topics) => Inner.IsCurrent(topics);

        public Action Subscribe(ChangeTopics topics, Func<CancellationToken, Task> handler) =>
            Inner.Subscribe(topics, cancellation => IsDeaf ? Task.CompletedTask : handler(cancellation));

        public Task WhenDeliveredAsync(ChangeTopics topics) => Inner.WhenDeliveredAsync(topics);
    }
}
