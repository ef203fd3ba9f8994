using System.Net;
using System.Text;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Tokens.Binding;
using Culvert.Identity.Service.Tokens.Introspection;
using Culvert.Identity.Service.Tokens.Revocations;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.Revocations;

/// <summary>A node that cannot see what others revoke accepts and vouches for nothing.</summary>
[Trait("Attack", "A59")]
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class StaleNodeTests
{
    [Fact]
    public async Task Use_NodeThatSeesNoChanges_Is503UntilItDoes()
    {
        var changes = new BlindChanges();
        await using var federated = await FederatedService.StartAsync(configure: services =>
            services.AddSingleton<IChanges>(provider =>
            {
                changes.Inner = provider.GetRequiredService<ChangeHub>();
                return changes;
            })
        );
        var token = await federated.AccessTokenAsync(await federated.RuleAsync());

        changes.IsBlind = true;

        using var used = await federated.CallAsync("Bearer", token);
        used.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await used.ErrorCodeAsync()).ShouldBe("store.unavailable");
        using var introspected = await federated.Service.Api.PostAsync(
            IntrospectionEndpoint.Path,
            new StringContent($"token={token}", Encoding.UTF8, "application/x-www-form-urlencoded"),
            TestContext.Current.CancellationToken
        );
        introspected.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        using var revoked = await federated.PostAnonymousAsync(
            RevokeEndpoint.Path,
            $"token={token}",
            "application/x-www-form-urlencoded"
        );
        revoked.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        changes.IsBlind = false;
        using var again = await federated.CallAsync("Bearer", token);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private sealed class BlindChanges : IChanges
    {
        public IChanges Inner { get; set; } = null!;

        public bool IsBlind { get; set; }

        public bool IsCurrent(ChangeTopics topics) => !IsBlind && Inner.IsCurrent(topics);

        public Action Subscribe(ChangeTopics topics, Func<CancellationToken, Task> handler) =>
            Inner.Subscribe(topics, handler);

        public Task WhenDeliveredAsync(ChangeTopics topics) => Inner.WhenDeliveredAsync(topics);
    }
}
