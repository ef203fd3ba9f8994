namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>
/// One service for all tests of a class that only send requests: each makes its own rules and tokens, and none moves
/// the clock.
/// </summary>
public sealed class FederatedServiceFixture : IAsyncLifetime
{
    internal FederatedService Service { get; private set; } = null!;

    /// <summary>A rule that accepts the provider's good tokens.</summary>
    internal string RuleId { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Service = await FederatedService.StartAsync();
        RuleId = await Service.RuleAsync();
    }

    public async ValueTask DisposeAsync() => await Service.DisposeAsync();
}
