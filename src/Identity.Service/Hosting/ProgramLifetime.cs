namespace Culvert.Identity.Service.Hosting;

/// <summary>
/// The run command handles signals: a host that handled them too would stop before the node has drained, and the
/// command could not distinguish a requested stop from a failure.
/// </summary>
internal sealed class ProgramLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
