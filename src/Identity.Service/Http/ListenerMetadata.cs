namespace Culvert.Identity.Service.Http;

/// <summary>Binds an endpoint, and each connection, to one port.</summary>
internal sealed record ListenerMetadata(Listener Listener)
{
    public string Name { get; } = Listener.ToString().ToLowerInvariant();
}
