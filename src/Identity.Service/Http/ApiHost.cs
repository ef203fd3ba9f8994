using Culvert.Identity.Service.Limits;

namespace Culvert.Identity.Service.Http;

/// <summary>The routes of 8443. Capabilities map theirs with <c>host.MapX()</c>.</summary>
internal sealed class ApiHost(IEndpointRouteBuilder routes)
{
    private readonly Dictionary<string, ApiOperation> operations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IEndpointConventionBuilder> mapped = new(StringComparer.Ordinal);

    public IServiceProvider Services => routes.ServiceProvider;

    public IReadOnlyDictionary<string, ApiOperation> Operations => operations;

    /// <summary>The same endpoints, for adding metadata.</summary>
    public IReadOnlyDictionary<string, IEndpointConventionBuilder> Mapped => mapped;

    public void Get(string path, Access access, ApiHandler handler) => Map(HttpMethods.Get, path, access, handler);

    public void Post(string path, Access access, ApiHandler handler) => Map(HttpMethods.Post, path, access, handler);

    public void Delete(string path, Access access, ApiHandler handler) =>
        Map(HttpMethods.Delete, path, access, handler);

    /// <summary>Maps a page for people: it authenticates its own requests and is not an API operation.</summary>
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

    /// <summary>
    /// Maps a library's endpoints that need no credential: limited per source (S31), with the headers that
    /// <paramref name="prepare"/> sets.
    /// </summary>
    /// <param name="map">The library's mapping call.</param>
    /// <param name="prepare">Called before each answer; false = it has already answered.</param>
    public void Library(
        Func<IEndpointRouteBuilder, IEndpointConventionBuilder> map,
        Func<HttpContext, ValueTask<bool>> prepare
    )
    {
        var limits = Services.GetRequiredService<SourceLimits>();
        map(routes)
            .WithMetadata(new ListenerMetadata(Listener.Api))
            .Add(endpoint =>
            {
                var answer = endpoint.RequestDelegate!;
                endpoint.RequestDelegate = async http =>
                {
                    var refusal =
                        limits.Unauthenticated.TryTake(new ApiRequest(http).Source) ?? ControlCharacters.Find(http);
                    if (refusal is not null)
                    {
                        await ErrorEnvelope.WriteAsync(http, refusal);
                    }
                    else if (await prepare(http))
                    {
                        await answer(http);
                    }
                };
            });
    }

    private void Map(string method, string path, Access access, ApiHandler handler)
    {
        var name = ApiOperation.CreateName(method, path);
        operations.Add(name, new ApiOperation(name, access, handler));
        mapped.Add(name, ApiEndpoint.Map(routes, Listener.Api, method, path, access, handler));
    }
}
