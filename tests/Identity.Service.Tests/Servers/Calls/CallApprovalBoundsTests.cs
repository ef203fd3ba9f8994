using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Servers.Calls;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Servers.Calls;

/// <summary>How many requests for approval may be pending, of a tunnel and of a caller.</summary>
public sealed class CallApprovalBoundsTests : IAsyncLifetime
{
    private CallApprovalScene scene = null!;

    public async ValueTask InitializeAsync() => scene = await CallApprovalScene.StartAsync();

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Fact]
    public async Task Ask_BeyondTheBoundOfACaller_IsRefused_AndOthersAreServed()
    {
        for (var i = 0; i < CallApprovalStore.MaxPendingOfCaller; i++)
        {
            (await AskAsync(i)).Text("state").ShouldBe("pending");
        }

        await scene
            .Agent.PostAsync(CallRequests.Path, CallRequests.Body(500))
            .ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "approvals.too_many");
        (await AskAsync(0)).Text("state").ShouldBe("pending");
        (await (await scene.Agent.PostAsync(CallRequests.Path, CallRequests.Body(500, subject: "bob"))).JsonAsync())
            .Text("state")
            .ShouldBe("pending");
        scene.Service.Time.Advance(TimeSpan.FromSeconds(CallRequests.ExpirySeconds));
        (await AskAsync(500)).Text("state").ShouldBe("pending");
    }

    /// <summary>A person can register any number of clients.</summary>
    [Fact]
    public async Task Ask_WithAnotherClientEachTime_CountsForThePerson()
    {
        for (var i = 0; i < CallApprovalStore.MaxPendingOfCaller; i++)
        {
            (await scene.Agent.AskAsync(CallRequests.Body(i, clientId: $"client-{i}")))
                .Text("state")
                .ShouldBe("pending");
        }

        await scene
            .Agent.PostAsync(CallRequests.Path, CallRequests.Body(500, clientId: "one-more"))
            .ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "approvals.too_many");
        (await scene.Agent.AskAsync(CallRequests.Body(500, subject: "bob"))).Text("state").ShouldBe("pending");
    }

    /// <summary>A token of client credentials may name no subject.</summary>
    [Fact]
    public async Task Ask_WithoutASubject_CountsForTheClient()
    {
        for (var i = 0; i < CallApprovalStore.MaxPendingOfCaller; i++)
        {
            await scene.Agent.AskAsync(CallRequests.Body(i, subject: "", clientId: "batch"));
        }

        await scene
            .Agent.PostAsync(CallRequests.Path, CallRequests.Body(500, subject: "", clientId: "batch"))
            .ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "approvals.too_many");
        (await scene.Agent.AskAsync(CallRequests.Body(500, subject: "", clientId: "other")))
            .Text("state")
            .ShouldBe("pending");
    }

    [Fact]
    public async Task Ask_BeyondTheBoundOfATunnel_IsRefused_UntilOneIsDecidedOrAllExpire()
    {
        CallApprovalStore.MaxPending.ShouldBe(1000);
        await FillAsync(CallApprovalStore.MaxPending - 1);
        var last = await AskAsync('a');
        last.Text("state").ShouldBe("pending");

        await ShouldBeFullAsync();
        (await AskAsync('a')).Id().ShouldBe(last.Id());
        using var other = scene.AgentAs(
            scene.OrganizationId,
            (await scene.Api.PostOkAsync("/v1/tunnels")).Id(),
            "other"
        );
        (await other.AskAsync(CallRequests.Body('a'))).Text("state").ShouldBe("pending");
        await scene.Api.PostOkAsync($"/v1/tunnels/{scene.TunnelId}/approvals/{last.Id()}/reject");
        (await AskAsync('b')).Text("state").ShouldBe("pending");
        await ShouldBeFullAsync();
        scene.Service.Time.Advance(TimeSpan.FromSeconds(CallRequests.ExpirySeconds));
        (await AskAsync('c')).Text("state").ShouldBe("pending");
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Task<JsonElement> AskAsync(int number) => scene.Agent.AskAsync(CallRequests.Body(number));

    private async Task ShouldBeFullAsync()
    {
        using var refused = await scene.Agent.PostAsync(CallRequests.Path, CallRequests.Body(500, subject: "bob"));
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await refused.ErrorCodeAsync()).ShouldBe("approvals.too_many");
        refused.Header("Retry-After").ShouldBe("1");
    }

    /// <summary>Pending requests of the scene's tunnel, each of another caller, by the store's own statements.</summary>
    private async Task FillAsync(int count)
    {
        var (store, ordinals) = (scene.Service.Get<CallApprovalStore>(), scene.Service.Get<Ordinals>());
        var now = scene.Service.Time.GetUtcNow();
        foreach (var numbers in Enumerable.Range(10_000, count).Chunk(100))
        {
            var rows = numbers.Select(number => new CallApprovalRow
            {
                Id = CallApprovalId.New().Value,
                Ordinal = ordinals.Next(),
                TunnelId = scene.TunnelId,
                OrganizationId = scene.OrganizationId,
                Binding = CallRequests.Binding(number),
                CallerKey = CallRequests.Binding(number),
                Description = CallRequests.Body(number),
                Approvers = 1,
                State = CallApprovalState.Pending,
                CreatedAtMs = now.ToStore(),
                ExpiresAtMs = now.AddSeconds(CallRequests.ExpirySeconds).ToStore(),
            });
            var decision = new Decision { Statements = [.. rows.SelectMany(store.Insert)] };
            (await scene.Service.Get<IJournal>().CommitAsync(decision, Cancellation)).IsCommitted.ShouldBeTrue();
        }
    }
}
