namespace Culvert.Identity.Service.Documentation.Operations;

/// <summary>
/// Describes endpoints by their metadata, which the framework's API description reads. An operation that is not mapped
/// fails the start.
/// </summary>
/// <param name="mapped">The endpoints, by method and path template.</param>
internal sealed class OperationTable(IReadOnlyDictionary<string, IEndpointConventionBuilder> mapped)
{
    /// <param name="operation">Method and path template.</param>
    /// <param name="id">The operation's id: clients are generated from it, so it does not change.</param>
    /// <param name="summary">What it does, in the imperative, without a full stop.</param>
    /// <param name="description">What a caller must know besides, in sentences.</param>
    public OperationBuilder Add(string operation, string id, string summary, string description) =>
        new(
            mapped[operation]
                .WithName(id)
                .WithSummary(summary)
                .WithDescription(description)
                .WithTags(OperationTags.Of(operation.Split(' ')[1]))
                // Every operation refuses in one shape.
                .WithMetadata(
                    new ProducesResponseTypeMetadata(
                        StatusCodes.Status500InternalServerError,
                        typeof(Platform.Wire.ErrorEnvelope),
                        ["application/json"]
                    )
                )
        );
}
