using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Signals;

internal static class SignalsRegistration
{
    public const string JobName = "signal_polls";

    public static IServiceCollection AddSignals(this IServiceCollection services) =>
        services
            .AddSingleton<SignalStreamStore>()
            .AddSingleton<SignalStreamStates>()
            .AddSingleton<SignalVerifier>()
            .AddSingleton<SignalReceiver>()
            .AddSingleton<SignalStreamEndpoints>()
            .AddSingleton<SignalPushEndpoint>()
            .AddSingleton<SignalPollTokens>()
            .AddSingleton<SignalPollClient>()
            .AddSingleton<SignalPollInbox>()
            .AddSingleton<SignalPollSeries>()
            .AddSingleton<SignalPollReservations>()
            .AddSingleton<SignalPoller>()
            .AddJob(
                JobName,
                "Polls security event tokens from the transmitters of identity providers.",
                provider => provider.GetRequiredService<Current<FederationOptions>>().Value.SignalPollInterval,
                provider => provider.GetRequiredService<SignalPoller>().RunAsync
            );

    public static void MapSignals(this ApiHost host)
    {
        var streams = host.Services.GetRequiredService<SignalStreamEndpoints>();
        host.Map(SignalOperations.Get, streams.GetAsync);
        host.Map(SignalOperations.Set, streams.SetAsync);
        host.Map(SignalOperations.Remove, streams.RemoveAsync);
        host.Map(SignalOperations.Push, host.Services.GetRequiredService<SignalPushEndpoint>().PostAsync);
    }
}
