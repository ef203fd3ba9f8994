using Culvert.Identity.Service.Jobs;

namespace Culvert.Identity.Service.Backup;

internal static class BackupRegistration
{
    public static IServiceCollection AddBackup(this IServiceCollection services) =>
        services.AddHostedService<RestoreNotice>().AddSingleton<RecurringJob, BackupMetrics>();
}
