using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;

namespace Culvert.Identity.Service.Nodes;

internal static class NodesRegistration
{
    public static IServiceCollection AddNodes(this IServiceCollection services) =>
        services
            .AddSingleton<VersionStore>()
            .AddSingleton<VersionEndpoint>()
            .AddSingleton<RecurringJob, VersionMetrics>();

    public static void MapNodes(this ApiHost host) =>
        host.Get(
            "/v1/versions",
            Access.Scope(Scopes.InstallationOperate),
            host.Services.GetRequiredService<VersionEndpoint>().ListAsync
        );
}
