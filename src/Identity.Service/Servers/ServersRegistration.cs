using Culvert.Identity.Service.Jobs;

namespace Culvert.Identity.Service.Servers;

/// <summary>The registration of notices about servers behind tunnels.</summary>
internal static class ServersRegistration
{
    public static IServiceCollection AddServers(this IServiceCollection services) =>
        services
            .AddSingleton<UsageReports>()
            .AddSingleton<AttestationNotices>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<AttestationNotices>());
}
