namespace Culvert.Identity.Service.Tests.Authorization;

/// <summary>One bench for all tests of a class that change nothing.</summary>
public sealed class AuthorizationBenchFixture : IAsyncLifetime
{
    internal AuthorizationBench Bench { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Bench = await AuthorizationBench.StartAsync();

    public ValueTask DisposeAsync() => Bench.DisposeAsync();
}
