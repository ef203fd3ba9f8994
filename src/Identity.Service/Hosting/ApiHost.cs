namespace Culvert.Identity.Service.Hosting;

/// <summary>The routes of 8443. Capabilities map theirs with <c>host.MapX()</c>.</summary>
internal sealed class ApiHost(IEndpointRouteBuilder routes)
{
    public IServiceProvider Services => routes.ServiceProvider;

    public void Get(string path, Access access, ApiHandler handler) => Map(HttpMethods.Get, path, access, handler);

    public void Post(string path, Access access, ApiHandler handler) => Map(HttpMethods.Post, path, access, handler);

    public void Delete(string path, Access access, ApiHandler handler) =>
        Map(HttpMethods.Delete, path, access, handler);

    private void Map(string method, string path, Access access, ApiHandler handler) =>
        ApiEndpoint.Map(routes, Listener.Api, method, path, access, handler);
}
