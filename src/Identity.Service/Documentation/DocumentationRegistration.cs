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
        host.Map(DocumentationOperations.Page, (request, _) => new(documents.Page(request)));
        host.Map(DocumentationOperations.GetDescription, documents.DescriptionAsync);
        host.Services.GetRequiredService<ApiBrowser>().Map(host);
    }

    /// <summary>
    /// Adds metadata to the mapped endpoints, for the framework's API description. Call it after the last one is mapped.
    /// </summary>
    public static void Describe(ApiHost host)
    {
        foreach (var (operation, endpoint) in host.Mapped.Where(pair => pair.Key.Id is not null))
        {
            endpoint
                .WithName(operation.Id!)
                .WithSummary(operation.Summary)
                .WithDescription(operation.Description)
                .WithTags(OperationTags.GetTag(operation.Path))
                // All operations use the same error body.
                .WithMetadata(
                    CreateError(StatusCodes.Status500InternalServerError, typeof(Platform.Wire.ErrorEnvelope))
                );
            if (operation.Access.IsOAuth)
            {
                endpoint.WithMetadata(CreateError(StatusCodes.Status400BadRequest, typeof(OAuthErrorDocument)));
            }

            if (operation.Access.IsOfSecurityEvents)
            {
                endpoint.WithMetadata(CreateError(StatusCodes.Status400BadRequest, typeof(SecurityEventErrorDocument)));
            }

            endpoint.WithMetadata([.. operation.Answers]);
            if (operation.Body is { } body)
            {
                endpoint.WithMetadata(body);
            }
        }
    }

    private static ProducesResponseTypeMetadata CreateError(int status, Type type) =>
        new(status, type, ["application/json"]);
}
