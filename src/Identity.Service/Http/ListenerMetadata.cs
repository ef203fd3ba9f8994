namespace Culvert.Identity.Service.Http;

/// <summary>Binds an endpoint, and each connection, to one port.</summary>
internal sealed record ListenerMetadata(Listener Listener)
{
    /// <summary>The name in metrics.</summary>
    public string Name { get; } = Listener.ToString().ToLowerInvariant();
}
