using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;

namespace Culvert.Identity.Service.OAuthClients;

internal static class OAuthClientsRegistration
{
    public static IServiceCollection AddOAuthClients(this IServiceCollection services) =>
        services
            .AddSingleton<OAuthClientStore>()
            .AddSingleton<IClientDocumentFetcher, ClientDocumentFetcher>()
            .AddSingleton<ClientDocuments>()
            .AddSingleton<OAuthClients>()
            .AddSingleton<OAuthClientEndpoints>()
            .AddSingleton<UnusedClients>()
            .AddJob(
                "unused_oauth_clients",
                "Removes OAuth clients that registered themselves and are not used.",
                _ => TimeSpan.FromHours(1),
                services => services.GetRequiredService<UnusedClients>().RemoveAsync
            );

    public static void MapOAuthClients(this ApiHost host)
    {
        var clients = host.Services.GetRequiredService<OAuthClientEndpoints>();
        host.Map(OAuthClientOperations.Create, clients.CreateAsync);
        host.Map(OAuthClientOperations.List, clients.ListAsync);
        host.Map(OAuthClientOperations.Get, clients.GetAsync);
        host.Map(OAuthClientOperations.Update, clients.UpdateAsync);
        host.Map(OAuthClientOperations.Archive, clients.ArchiveAsync);
    }
}
