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
            .AddSingleton<WitnessTurn>()
            .AddSingleton<WitnessCollector>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<WitnessCollector>());

    public static void MapTransparency(this ApiHost host)
    {
        var log = host.Services.GetRequiredService<TransparencyEndpoints>();
        var read = Access.Scope(Scopes.OrganizationAdmin);
        host.Get(TransparencyOrigin.Path, read, log.GetAsync);
        host.Get(TransparencyOrigin.Path + "/checkpoint", read, log.CheckpointAsync);
        host.Get(TransparencyOrigin.Path + "/tile/entries/{**number}", read, log.EntriesAsync);
        host.Get(TransparencyOrigin.Path + "/tile/{level}/{**number}", read, log.TileAsync);
        host.Get(TransparencyOrigin.Path + "/proof/inclusion", read, log.InclusionAsync);
        host.Get(TransparencyOrigin.Path + "/proof/consistency", read, log.ConsistencyAsync);
        host.Get(
            TransparencyOrigin.Path + "/agent_checkpoints",
            read,
            host.Services.GetRequiredService<AgentCheckpointEndpoints>().ListAsync
        );
    }
}
