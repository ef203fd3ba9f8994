namespace Culvert.Identity.Service.Http;

internal sealed record ListenerMetadata(Listener Listener)
{
    public string Name { get; } = Listener.ToString().ToLowerInvariant();
}
