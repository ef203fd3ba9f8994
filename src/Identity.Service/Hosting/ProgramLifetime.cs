namespace Culvert.Identity.Service.Hosting;

/// <summary>
/// Signals are the run command's business: a host that heard them too would stop before the node has drained, and the
/// command could not tell an order to end from an end of its own.
/// </summary>
internal sealed class ProgramLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
