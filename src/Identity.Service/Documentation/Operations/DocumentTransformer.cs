using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Culvert.Identity.Service.Documentation.Operations;

/// <summary>Adds the description of the whole API and the examples, which need all schemas.</summary>
internal sealed class DocumentTransformer : IOpenApiDocumentTransformer
{
    /// <summary>The name of the security scheme for people and workloads.</summary>
    public const string Bearer = "bearer";

    /// <summary>The name of the security scheme for agents and edges.</summary>
    public const string Machine = "machine";

    public static OpenApiServer ApiServer { get; } =
        new()
        {
            Url = "https://identity.example.com:8443",
            Description = "`public_url`: people, workloads, enrolment.",
        };

    public static OpenApiServer MachineServer { get; } =
        new()
        {
            Url = "https://identity.example.com:8444",
            Description = "`machine_url`: agents and edges, by certificate.",
        };

    public Task TransformAsync(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        document.Info = new OpenApiInfo
        {
            Title = "Culvert identity service",
            Version = "1",
            Description = """
                The management, federation and machine API of the identity service.

                Bearer credentials go into `Authorization`. Unknown and repeated members of bodies are refused. Lists accept
                `limit` and `page` and return `data` and `next_page`. Errors have one shape with a stable
                `error.details.error_code`; the [page of error codes](/docs/errors) explains each one. Besides the codes of an
                operation, any request can be refused because it is malformed (`request.…`) or because the store is
                unavailable (`store.…`).
                """,
        };
        document.Servers = [ApiServer, MachineServer];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description =
                    "An admin key or an access token. A token that is bound to a key or a certificate needs its proof: "
                    + "DPoP (RFC 9449) or mutual TLS (RFC 8705).",
            },
            [Machine] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.MutualTLS,
                Description = "The platform certificate of an enrolled agent or edge.",
            },
        };
        DescribeTags(document);
        Sort(document);
        new ExampleWriter(document).Write();
        return Task.CompletedTask;
    }

    private static void DescribeTags(OpenApiDocument document)
    {
        var names = document.Tags!.Select(tag => tag.Name!).Distinct().ToList();
        document.Tags = names
            .Order(StringComparer.Ordinal)
            .Select(name => new OpenApiTag { Name = name, Description = OperationTags.Descriptions[name] })
            .ToHashSet();
    }

    private static void Sort(OpenApiDocument document)
    {
        var sorted = new OpenApiPaths();
        foreach (var (path, item) in document.Paths.OrderBy(path => path.Key, StringComparer.Ordinal))
        {
            sorted.Add(
                path,
                new OpenApiPathItem
                {
                    Operations = item.Operations!.OrderBy(operation => operation.Key == HttpMethod.Get ? 0 : 1)
                        .ThenBy(operation => operation.Key.Method, StringComparer.Ordinal)
                        .ToDictionary(),
                }
            );
        }

        document.Paths = sorted;
    }
}
