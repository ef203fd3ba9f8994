using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.GitHubApps;

internal static class GitHubAppsRegistration
{
    public static IServiceCollection AddGitHubApps(
        this IServiceCollection services,
        IReadOnlyList<GitHubAppOptions> apps
    ) =>
        services
            .AddSingleton(apps)
            .AddSingleton<GitHubAppKeys>()
            .AddSingleton<GitHubClient>()
            .AddSingleton<GitHubTokenEndpoint>();

    public static void MapGitHubApps(this ApiHost host) =>
        host.Map(GitHubOperations.GetToken, host.Services.GetRequiredService<GitHubTokenEndpoint>().PostAsync);
}
