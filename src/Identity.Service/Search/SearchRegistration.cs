using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Search;

internal static class SearchRegistration
{
    public static IServiceCollection AddSearch(this IServiceCollection services) =>
        services.AddSingleton<SearchStore>().AddSingleton<SearchEndpoint>();

    public static void MapSearch(this ApiHost host) =>
        host.Get(
            "/v1/search",
            Access.Scope(Scopes.ManageTunnels),
            host.Services.GetRequiredService<SearchEndpoint>().GetAsync
        );
}
