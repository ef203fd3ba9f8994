namespace Culvert.Tunnel.Agent.Tunnels;

/// <summary>One tunnel of another provider, of whichever kind.</summary>
internal interface IProviderTunnel<out TSettings> : IDisposable
{
    TSettings Settings { get; }

    /// <summary>Serves until stopped, then lets what is under way end. It fails alone.</summary>
    Task RunAsync(CancellationToken stop);
}
