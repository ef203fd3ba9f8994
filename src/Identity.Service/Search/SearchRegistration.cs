using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Search;

internal static class SearchRegistration
{
    public static IServiceCollection AddSearch(this IServiceCollection services) =>
        services.AddSingleton<SearchStore>().AddSingleton<SearchEndpoint>();

    public static void MapSearch(this ApiHost host) =>
        host.Map(SearchOperations.Search, host.Services.GetRequiredService<SearchEndpoint>().GetAsync);
}
