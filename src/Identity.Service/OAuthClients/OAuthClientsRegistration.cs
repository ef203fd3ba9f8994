using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.OAuthClients;

internal static class OAuthClientsRegistration
{
    public static IServiceCollection AddOAuthClients(this IServiceCollection services) =>
        services
            .AddSingleton<OAuthClientStore>()
            .AddSingleton<IClientDocumentFetcher, ClientDocumentFetcher>()
            .AddSingleton<ClientDocuments>()
            .AddSingleton<OAuthClients>()
            .AddSingleton<OAuthClientEndpoints>();

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
