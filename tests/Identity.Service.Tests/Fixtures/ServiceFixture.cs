namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>One service for all tests of a class that leave its clock alone.</summary>
public sealed class ServiceFixture : IAsyncLifetime
{
    internal ServiceUnderTest Service { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Service = await ServiceUnderTest.StartAsync();

    public async ValueTask DisposeAsync() => await Service.DisposeAsync();
}
