using Microsoft.Extensions.Hosting;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>A process that cannot be stopped.</summary>
internal sealed class FailingLifetime : IHostApplicationLifetime
{
    public CancellationToken ApplicationStarted => default;

    public CancellationToken ApplicationStopping => default;

    public CancellationToken ApplicationStopped => default;

    public void StopApplication() => throw new NotSupportedException();
}
