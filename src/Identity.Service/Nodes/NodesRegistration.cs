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
        host.Map(NodeOperations.ListVersions, host.Services.GetRequiredService<VersionEndpoint>().ListAsync);
}
