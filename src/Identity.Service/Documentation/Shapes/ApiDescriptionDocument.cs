using System.Text.Json;

namespace Culvert.Identity.Service.Documentation.Shapes;

/// <summary>OpenAPI 3.1.</summary>
internal sealed record ApiDescriptionDocument
{
    public required string Openapi { get; init; }

    public required JsonElement Info { get; init; }

    public required JsonElement Paths { get; init; }

    public required JsonElement Components { get; init; }
}
