using Culvert.Identity.Service.Authorization;
using Culvert.Identity.Service.Console;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.PersonConnections;

internal static class PersonConnectionsRegistration
{
    public static IServiceCollection AddPersonConnections(this IServiceCollection services) =>
        services
            .AddSingleton<ConnectPages>()
            .AddSingleton<ConnectValues>()
            .AddSingleton<ConnectCallback>()
            .AddSingleton<ConnectEndpoints>()
            .AddSingleton<IPersonalPage, MyConnectionsLink>()
            .AddSingleton<ISignInContinuation>(provider => provider.GetRequiredService<ConnectEndpoints>());

    public static void MapPersonConnections(this ApiHost host)
    {
        var pages = host.Services.GetRequiredService<ConnectEndpoints>();
        host.Page(HttpMethods.Get, "/oauth/{organization_id}/connections", pages.BeginListAsync);
        host.Page(HttpMethods.Get, "/oauth/{organization_id}/connect/{connection_id}", pages.BeginAsync);
        host.Page(HttpMethods.Post, "/oauth/{organization_id}/connect", pages.AnswerAsync);
        var callback = host.Services.GetRequiredService<ConnectCallback>();
        host.Page(HttpMethods.Get, "/oauth/{organization_id}/connected/{connection_id}", callback.FinishAsync);
    }
}
