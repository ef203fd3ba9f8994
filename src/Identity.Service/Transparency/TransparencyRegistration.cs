using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Transparency.Checkpoints;
using Culvert.Identity.Service.Transparency.Tree;
using Culvert.Identity.Service.Transparency.Witnesses;

namespace Culvert.Identity.Service.Transparency;

internal static class TransparencyRegistration
{
    public static IServiceCollection AddTransparency(this IServiceCollection services, TransparencyOptions options) =>
        services
            .AddSingleton(options)
            .AddSingleton<TransparencyOrigin>()
            .AddSingleton<TransparencyKeys>()
            .AddSingleton<TreeStore>()
            .AddSingleton<HeadStore>()
            .AddSingleton<PendingSource>()
            .AddSingleton<AgentCheckpointStore>()
            .AddSingleton<AgentCheckpointEndpoints>()
            .AddSingleton<TreePublisher>()
            .AddSingleton<TransparencyEndpoints>()
            .AddSingleton<TransparencyLog>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<TransparencyLog>())
            .AddSingleton<WitnessClient>()
            .AddSingleton<WitnessSubmitter>()
            .AddSingleton<WitnessStore>()
            .AddSingleton<WitnessCollector>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<WitnessCollector>());

    public static void MapTransparency(this ApiHost host)
    {
        var log = host.Services.GetRequiredService<TransparencyEndpoints>();
        host.Map(TransparencyOperations.Get, log.GetAsync);
        host.Map(TransparencyOperations.GetCheckpoint, log.CheckpointAsync);
        host.Map(TransparencyOperations.GetEntries, log.EntriesAsync);
        host.Map(TransparencyOperations.GetTile, log.TileAsync);
        host.Map(TransparencyOperations.ProveInclusion, log.InclusionAsync);
        host.Map(TransparencyOperations.ProveConsistency, log.ConsistencyAsync);
        host.Map(
            TransparencyOperations.ListAgentCheckpoints,
            host.Services.GetRequiredService<AgentCheckpointEndpoints>().ListAsync
        );
    }
}
