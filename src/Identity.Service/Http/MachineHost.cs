namespace Culvert.Identity.Service.Http;

/// <summary>The routes of 8444: every caller is authenticated by its certificate in the handshake (S7, S9).</summary>
internal sealed class MachineHost(IEndpointRouteBuilder routes)
{
    private readonly Dictionary<string, IEndpointConventionBuilder> mapped = new(StringComparer.Ordinal);

    public IServiceProvider Services => routes.ServiceProvider;

    public IReadOnlyDictionary<string, IEndpointConventionBuilder> Mapped => mapped;

    public void Get(string path, Access access, ApiHandler handler) => Map(HttpMethods.Get, path, access, handler);

    public void Post(string path, Access access, ApiHandler handler) => Map(HttpMethods.Post, path, access, handler);

    public void Delete(string path, Access access, ApiHandler handler) =>
        Map(HttpMethods.Delete, path, access, handler);

    private void Map(string method, string path, Access access, ApiHandler handler)
    {
        if (access.Kind != AccessKind.Machine)
        {
            throw new ArgumentException("Routes of the machine port accept only machines.", nameof(access));
        }

        mapped.Add($"{method} {path}", ApiEndpoint.Map(routes, Listener.Machine, method, path, access, handler));
    }
}
