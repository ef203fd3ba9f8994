namespace Culvert.Identity.Service.Http;

/// <summary>Ties an endpoint, and each connection, to one port.</summary>
internal sealed record ListenerMetadata(Listener Listener)
{
    /// <summary>As metrics call it.</summary>
    public string Name { get; } = Listener.ToString().ToLowerInvariant();
}
