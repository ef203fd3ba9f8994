using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Documentation;

/// <summary>The capability's doors.</summary>
internal static class DocumentationRegistration
{
    public static IServiceCollection AddDocumentation(this IServiceCollection services) =>
        services.AddSingleton<DocumentPages>().AddSingleton<DocumentEndpoints>();

    public static void MapDocumentation(this ApiHost host)
    {
        var documents = host.Services.GetRequiredService<DocumentEndpoints>();
        host.Get("/docs/{**path}", Access.Anonymous, (request, _) => new(documents.Page(request)));
        host.Get("/v1/openapi.json", Access.Anonymous, (_, _) => new(documents.Description()));
    }
}
