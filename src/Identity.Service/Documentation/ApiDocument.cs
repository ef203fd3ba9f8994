using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Culvert.Identity.Service.Documentation;

/// <summary>
/// The OpenAPI description, built at the first request and then cached. It contains no data of the installation.
/// </summary>
internal sealed class ApiDocument(IServiceProvider services)
{
    public const string Name = "v1";

    private readonly Lazy<Task<byte[]>> json = new(() => WriteAsync(services));

    /// <summary>OpenAPI 3.1 without indentation, because any client may request it.</summary>
    public Task<byte[]> JsonAsync() => json.Value;

    private static async Task<byte[]> WriteAsync(IServiceProvider services)
    {
        // Not the request's token: other callers wait for the same work.
        var document = await services
            .GetRequiredKeyedService<IOpenApiDocumentProvider>(Name)
            .GetOpenApiDocumentAsync(CancellationToken.None);
        var text = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        return Encoding.UTF8.GetBytes(JsonNode.Parse(text)!.ToJsonString());
    }
}
