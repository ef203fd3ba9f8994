using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Hosting;

/// <summary>What a process that runs answers.</summary>
[SchemaOnly]
internal sealed record HealthDocument
{
    public required string Status { get; init; }
}
