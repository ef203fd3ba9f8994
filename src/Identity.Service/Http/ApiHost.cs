using Culvert.Identity.Service.Limits;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// The routes of the API: those for machines on 8444, where the handshake authenticates every caller by its certificate
/// (S7, S9), and the others on 8443. Capabilities map theirs with <c>host.MapX()</c>.
/// </summary>
internal sealed class ApiHost(IEndpointRouteBuilder routes)
{
    private readonly Dictionary<Operation, ApiHandler> handlers = [];
    private readonly Dictionary<Operation, IEndpointConventionBuilder> mapped = [];

    public IServiceProvider Services => routes.ServiceProvider;

    /// <summary>The handlers of the operations, for callers inside the process.</summary>
    public IReadOnlyDictionary<Operation, ApiHandler> Handlers => handlers;

    /// <summary>The endpoints of the operations, for adding metadata.</summary>
    public IReadOnlyDictionary<Operation, IEndpointConventionBuilder> Mapped => mapped;

    /// <summary>Maps an operation, which may be mapped once only.</summary>
    public void Map(Operation operation, ApiHandler handler)
    {
        handlers.Add(operation, handler);
        mapped.Add(operation, ApiEndpoint.Map(routes, operation, handler));
    }

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
}
