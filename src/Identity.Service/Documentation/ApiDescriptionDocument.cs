using System.Text.Json;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Documentation;

/// <summary>OpenAPI 3.1.</summary>
[SchemaOnly]
internal sealed record ApiDescriptionDocument
{
    public required string Openapi { get; init; }

    public required JsonElement Info { get; init; }

    public required JsonElement Paths { get; init; }

    public required JsonElement Components { get; init; }
}
