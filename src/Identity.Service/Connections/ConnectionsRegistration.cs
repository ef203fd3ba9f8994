using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.People;
using Culvert.Identity.Service.Tokens.Revocations;

namespace Culvert.Identity.Service.Connections;

internal static class ConnectionsRegistration
{
    public static IServiceCollection AddUpstreamConnections(this IServiceCollection services) =>
        services
            .AddSingleton<ConnectionStore>()
            .AddSingleton<ConnectionGrantStore>()
            .AddSingleton<PersonConnectionReader>()
            .AddSingleton<ConnectionCheck>()
            .AddSingleton<UpstreamFetcher>()
            .AddSingleton<UpstreamDiscovery>()
            .AddSingleton<ClientAssertions>()
            .AddSingleton<UpstreamClient>()
            .AddSingleton<ConnectionTokens>()
            .AddSingleton<ConnectionTokenEndpoint>()
            .AddSingleton<ConnectionEndpoints>()
            .AddSingleton<IOffBoardingEffect, ConnectionOffBoarding>()
            .AddSingleton<IRevocationEffect, ConnectionRevocation>()
            .AddSingleton<ConnectionRevoker>()
            .AddJob(
                "connection_revocations",
                "Revokes ended grants of people at the upstreams of routes.",
                _ => TimeSpan.FromSeconds(30),
                services => services.GetRequiredService<ConnectionRevoker>().RunAsync
            );

    public static void MapUpstreamConnections(this ApiHost host)
    {
        var connections = host.Services.GetRequiredService<ConnectionEndpoints>();
        host.Map(ConnectionOperations.Create, connections.CreateAsync);
        host.Map(ConnectionOperations.List, connections.ListAsync);
        host.Map(ConnectionOperations.Get, connections.GetAsync);
        host.Map(ConnectionOperations.Update, connections.UpdateAsync);
        host.Map(ConnectionOperations.Archive, connections.ArchiveAsync);
        host.Map(ConnectionOperations.ListGrants, connections.ListGrantsAsync);
        host.Map(ConnectionOperations.RevokeGrant, connections.RevokeGrantAsync);
        host.Map(ConnectionOperations.GetToken, host.Services.GetRequiredService<ConnectionTokenEndpoint>().PostAsync);
    }
}
