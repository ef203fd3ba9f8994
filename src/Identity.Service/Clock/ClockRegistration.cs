using Culvert.Identity.Service.Http;
using Culvert.Platform.Health;

namespace Culvert.Identity.Service.Clock;

internal static class ClockRegistration
{
    public static IServiceCollection AddClock(this IServiceCollection services) =>
        services
            .AddSingleton<ClockGuard>()
            .AddHostedService(provider => provider.GetRequiredService<ClockGuard>())
            .AddSingleton<ClockEndpoints>()
            .AddSingleton(provider => Readiness(provider.GetRequiredService<ClockGuard>()));

    public static void MapClock(this ApiHost host)
    {
        var clock = host.Services.GetRequiredService<ClockEndpoints>();
        host.Map(ClockOperations.Get, clock.GetAsync);
        host.Map(ClockOperations.Confirm, clock.ConfirmAsync);
    }

    private static ReadinessCheck Readiness(ClockGuard guard) =>
        ReadinessCheck.Create(
            "clock",
            () =>
                guard.Check() is null
                    ? null
                    : "The wall clock stepped: the service issues nothing until it is confirmed."
        );
}
