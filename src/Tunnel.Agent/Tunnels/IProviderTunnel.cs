namespace Culvert.Tunnel.Agent.Tunnels;

/// <summary>A tunnel of another provider, of any kind.</summary>
internal interface IProviderTunnel<out TSettings> : IDisposable
{
    TSettings Settings { get; }

    /// <summary>Serves until stopped, then drains. A failure does not affect other tunnels.</summary>
    Task RunAsync(CancellationToken stop);
}
