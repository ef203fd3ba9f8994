using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tunnels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Http;

public sealed class OperationTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    /// <summary>Fails if an operation is declared and not mapped, or two declarations have one method and path.</summary>
    [Fact]
    public void Operations_ThatAreDeclared_AreMappedOnce()
    {
        var mapped = fixture
            .Service.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<Operation>())
            .OfType<Operation>();

        DeclaredOperations.All.ShouldBe(mapped, ignoreOrder: true);
    }

    [Fact]
    public void Ids_OfOperations_AreUnique() =>
        DeclaredOperations.All.Select(one => one.Id).OfType<string>().ShouldBeUnique();

    [Fact]
    public void Map_OperationTwice_IsRefused()
    {
        var host = new ApiHost(new Routes(fixture.Service.Services));
        host.Map(TunnelOperations.Pause, (_, _) => new(ApiAnswer.Empty));

        Should.Throw<ArgumentException>(() => host.Map(TunnelOperations.Pause, (_, _) => new(ApiAnswer.Empty)));
    }

    private sealed class Routes(IServiceProvider services) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => services;

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);
    }
}
