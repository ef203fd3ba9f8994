namespace Culvert.Identity.Service.Documentation.Operations;

/// <summary>
/// Adds metadata to endpoints for the framework's API description. Describing an operation that is not mapped fails the
/// start.
/// </summary>
/// <param name="mapped">The endpoints by method and path template.</param>
internal sealed class OperationTable(IReadOnlyDictionary<string, IEndpointConventionBuilder> mapped)
{
    /// <param name="id">The operation id. Generated clients use it, so it never changes.</param>
    /// <param name="description">What else a caller must know, in full sentences.</param>
    public OperationBuilder Add(string operation, string id, string summary, string description) =>
        new(
            mapped[operation]
                .WithName(id)
                .WithSummary(summary)
                .WithDescription(description)
                .WithTags(OperationTags.Of(operation.Split(' ')[1]))
                // All operations use the same error body.
                .WithMetadata(
                    new ProducesResponseTypeMetadata(
                        StatusCodes.Status500InternalServerError,
                        typeof(Platform.Wire.ErrorEnvelope),
                        ["application/json"]
                    )
                )
        );
}
