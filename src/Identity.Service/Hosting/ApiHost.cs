namespace Culvert.Identity.Service.Hosting;

/// <summary>The routes of 8443. Capabilities map theirs with <c>host.MapX()</c>.</summary>
internal sealed class ApiHost(IEndpointRouteBuilder routes)
{
    private readonly Dictionary<string, ApiOperation> operations = new(StringComparer.Ordinal);

    public IServiceProvider Services => routes.ServiceProvider;

    /// <summary>What was mapped so far, by <see cref="ApiOperation.Name"/>.</summary>
    public IReadOnlyDictionary<string, ApiOperation> Operations => operations;

    public void Get(string path, Access access, ApiHandler handler) => Map(HttpMethods.Get, path, access, handler);

    public void Post(string path, Access access, ApiHandler handler) => Map(HttpMethods.Post, path, access, handler);

    public void Delete(string path, Access access, ApiHandler handler) =>
        Map(HttpMethods.Delete, path, access, handler);

    /// <summary>A page for people: it authenticates by itself, and no operation of the API.</summary>
    public void Page(string method, string path, RequestDelegate answer) =>
        routes
            .MapMethods(
                path,
                [method],
                http =>
                    ControlCharacters.Find(http) is { } unreadable
                        ? ErrorEnvelope.WriteAsync(http, unreadable)
                        : answer(http)
            )
            .WithMetadata(new ListenerMetadata(Listener.Api));

    private void Map(string method, string path, Access access, ApiHandler handler)
    {
        var name = $"{method} {path}";
        operations.Add(name, new ApiOperation(name, access, handler));
        ApiEndpoint.Map(routes, Listener.Api, method, path, access, handler);
    }
}
