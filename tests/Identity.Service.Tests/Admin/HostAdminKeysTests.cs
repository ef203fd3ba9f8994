using System.Net;
using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Webhooks;
using Culvert.Identity.Service.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Admin;

/// <summary>While a service runs, on the same store: as <c>identity-service admin-key</c> does it.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class HostAdminKeysTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_BesideARunningService_WorksAtOnceAndIsInTheAudit()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        var (secret, key) = await CreateAsync(service, "Alice", AdminRole.SecurityAdmin);

        using var alice = service.Client(secret);
        await alice.GetOkAsync("/v1/admin_keys");
        var audit = (await service.Api.GetOkAsync("/v1/audit")).ToString();
        audit.ShouldContain(key.Id);
        audit.ShouldContain("uid:4711");

        // The service continues its own chain meanwhile, and a second command finds the commands' chain again.
        await alice.PostOkAsync("/v1/tunnels", "{}");
        var (_, other) = await CreateAsync(service, "Bob", AdminRole.Operator);
        await alice.PostOkAsync($"/v1/admin_keys/{other.Id}/revoke", "{}");
        var log = service.Get<AuditLog>();
        foreach (var node in await log.NodesAsync(Cancellation))
        {
            var chain = await log.ChainAsync(node, 0, 1000, Cancellation);
            chain.Select(e => e.Entry.Sequence).ShouldBe(Enumerable.Range(1, chain.Count).Select(n => (long)n));
        }
    }

    // S16: a name without a key so far is another person; the same name again is the same person, so that the second
    // key of one person is not a second vote.
    [Fact]
    public async Task Create_ForTwoNames_AreTwoPersonsAndTheSameNameIsOne()
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);
        var service = bench.Service;
        using var alice = service.Client((await CreateAsync(service, "Alice", AdminRole.SecurityAdmin)).Secret);
        using var again = service.Client((await CreateAsync(service, " alice", AdminRole.SecurityAdmin)).Secret);
        using var bob = service.Client((await CreateAsync(service, "Bob", AdminRole.SecurityAdmin)).Secret);
        var id = await bench.CreateAsync();
        var chain = await bench.SignedAsync(id);
        (await bench.Upload(id, chain, alice)).Dispose();

        foreach (var hand in new[] { alice, again })
        {
            await bench.Approve(id, chain, hand).ShouldRefuseAsync(HttpStatusCode.Forbidden, "ca.two_person");
        }

        using var approved = await bench.Approve(id, chain, bob);
        approved.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Create_NamedAsInit_IsInitsPerson()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var init = (await service.Api.GetOkAsync("/v1/admin_keys")).GetProperty("data")[0];

        var (_, key) = await CreateAsync(service, "INIT", AdminRole.InstallationOperator);

        key.Person.ShouldBe(init.Id());
    }

    [Fact]
    public async Task Create_WithAWebhook_IsTold()
    {
        var sender = new ScriptedWebhookSender();
        await using var service = await ServiceUnderTest.StartAsync(services =>
            services.AddSingleton<IWebhookSender>(sender)
        );
        await service.Api.PostOkAsync("/v1/webhooks", """{"url":"https://hooks.example.com/c"}""");

        var (secret, key) = await CreateAsync(service, "Alice", AdminRole.Operator);
        await service.Get<WebhookDeliverer>().RunAsync(Cancellation);

        var body = await sender.ReceiveAsync("admin_key.created", Cancellation);
        body.ShouldContain(key.Id);
        body.ShouldContain("\"type\":\"host\"");
        body.ShouldNotContain(secret);
    }

    // S30: else its end could be cut off, and nothing would tell.
    [Fact]
    public async Task Create_OnTheHost_ANodeSignsForTheChainOfTheHost()
    {
        using var logs = new CapturedLogs();
        await using var service = await ServiceUnderTest.StartAsync(logs.AddTo);
        await CreateAsync(service, "Alice", AdminRole.Operator);
        var checkpoints = service.Get<AuditCheckpoints>();

        await checkpoints.SignAsync(Cancellation);
        await checkpoints.SignAsync(Cancellation);

        logs.Lines.Count(line => line.Contains("host-commands", StringComparison.Ordinal)).ShouldBe(1);
        logs.Lines.Single(line => line.Contains("host-commands", StringComparison.Ordinal))
            .ShouldMatch(@"eyJ[\w-]+\.[\w-]+\.[\w-]+");
        checkpoints.Newest.ShouldNotBeNull();
    }

    [Fact]
    public async Task Revoke_OnTheHost_EndsAKeyOfTheRunningService()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var (secret, key) = await CreateAsync(service, "Alice", AdminRole.SecurityAdmin);
        using var alice = service.Client(secret);
        await alice.GetOkAsync("/v1/admin_keys");

        await OnHostAsync(
            service,
            (host, organization) => host.RevokeAsync(organization, key.Id, "lost", Actor, Cancellation).AsTask()
        );

        await alice
            .GetAsync("/v1/admin_keys", Cancellation)
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "auth.key_revoked");
    }

    private static AuditActor Actor => AuditActor.Host(4711, "root");

    private static async Task<(string Secret, AdminKeyDocument Key)> CreateAsync(
        ServiceUnderTest service,
        string name,
        AdminRole role
    )
    {
        var secret = AdminKey.NewSecret();
        var created = await OnHostAsync(
            service,
            (host, organization) =>
                host.CreateAsync(
                        new RequestedAdminKey
                        {
                            OrganizationId = organization,
                            Name = name,
                            Role = role,
                            Life = TimeSpan.FromDays(1),
                            CreatedBy = null,
                        },
                        secret,
                        Actor,
                        Cancellation
                    )
                    .AsTask()
        );
        created.Refusal.ShouldBeNull();
        return (secret, created.Value!);
    }

    private static async Task<T> OnHostAsync<T>(ServiceUnderTest service, Func<HostAdminKeys, string, Task<T>> act)
    {
        using var store = Store.OpenBeside(service.Options.StoreSettings);
        var services = new ServiceCollection().AddCulvertService(service.Options, store, service.Time);
        await using var provider = services.BuildServiceProvider();
        var host = provider.GetRequiredService<HostAdminKeys>();
        var (organization, fault) = await host.FindOrganizationAsync(null, Cancellation);
        fault.ShouldBeNull();
        return await act(host, organization!.Id);
    }
}
