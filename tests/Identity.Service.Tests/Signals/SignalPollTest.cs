using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Signals;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Culvert.Identity.Service.Tests.Signals;

/// <summary>A service that polls a transmitter whenever the test says so.</summary>
public abstract class SignalPollTest : IAsyncLifetime
{
    private SignalBench bench = null!;
    private PollTransmitter transmitter = null!;

    private protected SignalBench Bench => bench;

    private protected FederatedService Federated => bench.Federated;

    private protected PollTransmitter Transmitter => transmitter;

    public async ValueTask InitializeAsync()
    {
        bench = await SignalBench.StartAsync(Configure);
        transmitter = new PollTransmitter(Federated.Provider);
        await Federated.CreateAsync(
            $"/v1/jobs/{SignalsRegistration.JobName}/pause",
            new JsonObject { ["reason"] = "the test runs it" }
        );
        await SetPollAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await bench.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual void Configure(IServiceCollection services) { }

    private protected Task<JsonElement> SetPollAsync(Action<JsonObject>? edit = null) =>
        bench.SetAsync(body =>
        {
            body["delivery"] = "poll";
            body["poll_url"] = transmitter.Url;
            edit?.Invoke(body);
        });

    /// <summary>A round of the job.</summary>
    private protected Task PollAsync() =>
        Federated.Service.Get<SignalPoller>().RunAsync(TestContext.Current.CancellationToken);

    private protected Task PollAfterAsync(TimeSpan wait)
    {
        Federated.Time.Advance(wait);
        return PollAsync();
    }

    private protected Task<JsonElement> GetStreamAsync() => Federated.GetAsync(bench.StreamPath);
}
