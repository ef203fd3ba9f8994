using Culvert.Identity.Service.Jobs;

namespace Culvert.Identity.Service.Certificates.Notices;

internal static class NoticeRegistration
{
    public static IServiceCollection AddNotices(this IServiceCollection services) =>
        services
            .AddSingleton<NoticeStore>()
            .AddSingleton<ExpiryNotices>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<ExpiryNotices>());
}
