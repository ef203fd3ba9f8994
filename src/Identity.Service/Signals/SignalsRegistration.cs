using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Signals;

internal static class SignalsRegistration
{
    public static IServiceCollection AddSignals(this IServiceCollection services) =>
        services
            .AddSingleton<SignalStreamStore>()
            .AddSingleton<SignalStreamStates>()
            .AddSingleton<SignalVerifier>()
            .AddSingleton<SignalReceiver>()
            .AddSingleton<SignalStreamEndpoints>()
            .AddSingleton<SignalPushEndpoint>();

    public static void MapSignals(this ApiHost host)
    {
        var streams = host.Services.GetRequiredService<SignalStreamEndpoints>();
        host.Map(SignalOperations.Get, streams.GetAsync);
        host.Map(SignalOperations.Set, streams.SetAsync);
        host.Map(SignalOperations.Remove, streams.RemoveAsync);
        host.Map(SignalOperations.Push, host.Services.GetRequiredService<SignalPushEndpoint>().PostAsync);
    }
}
