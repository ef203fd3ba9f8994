using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Health;

namespace Culvert.Identity.Service.Hosting;

/// <summary>
/// The time between the stop signal and the stop: the node is not ready, so that balancers send no new clients. It
/// answers the connected clients and requests each to reconnect.
/// </summary>
internal sealed class ServiceDrain(Current<ServiceOptions> options, TimeProvider time)
{
    private volatile bool isDraining;

    public bool IsDraining => isDraining;

    public ReadinessCheck Readiness =>
        ReadinessCheck.Create("drain", () => isDraining ? "The service is stopping." : null);

    public async Task RunAsync()
    {
        isDraining = true;
        await Task.Delay(options.Value.DrainDelay, time, CancellationToken.None);
    }
}
