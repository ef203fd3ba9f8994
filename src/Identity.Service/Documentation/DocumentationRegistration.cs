using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Identity.Service.Documentation.Operations;
using Culvert.Identity.Service.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.OpenApi;

namespace Culvert.Identity.Service.Documentation;

internal static class DocumentationRegistration
{
    public const string DescriptionPath = "/v1/openapi.json";

    public static IServiceCollection AddDocumentation(this IServiceCollection services)
    {
        // Only the framework's API description uses these options; handlers serialize with their own contexts.
        services.Configure<JsonOptions>(options =>
        {
            options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.RespectNullableAnnotations = true;
        });
        services.AddOpenApi(
            ApiDocument.Name,
            options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.ShouldInclude = description =>
                    description.ActionDescriptor.EndpointMetadata.OfType<IEndpointNameMetadata>().Any();
                options.CreateSchemaReferenceId = new SchemaNames().Find;
                options.AddSchemaTransformer<SchemaTransformer>();
                options.AddOperationTransformer<OperationTransformer>();
                options.AddDocumentTransformer<DocumentTransformer>();
            }
        );
        return services
            .AddSingleton<OperationRefusals>()
            .AddSingleton<ApiDocument>()
            .AddSingleton<ApiBrowser>()
            .AddSingleton<DocumentPages>()
            .AddSingleton<DocumentEndpoints>();
    }

    public static void MapDocumentation(this ApiHost host)
    {
        var documents = host.Services.GetRequiredService<DocumentEndpoints>();
        host.Get("/docs/{**path}", Access.Anonymous, (request, _) => new(documents.Page(request)));
        host.Get(DescriptionPath, Access.Anonymous, documents.DescriptionAsync);
        host.Services.GetRequiredService<ApiBrowser>().Map(host);
    }

    /// <summary>Describes all mapped endpoints. Call it after the last one is mapped.</summary>
    public static void Describe(ApiHost host, MachineHost machine)
    {
        var table = new OperationTable(host.Mapped);
        AdminOperations.Describe(table);
        AuditOperations.Describe(table);
        TransparencyOperations.Describe(table);
        AuthorityOperations.Describe(table);
        CertificateOperations.Describe(table);
        FederationOperations.Describe(table);
        InstallationOperations.Describe(table);
        TokenOperations.Describe(table);
        TunnelOperations.Describe(table);
        InventoryOperations.Describe(table);
        MachineOperations.Describe(new OperationTable(machine.Mapped));
    }
}
