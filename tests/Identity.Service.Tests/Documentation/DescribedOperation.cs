using Culvert.Identity.Service.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>A mapped operation with what its declaration says of it, and what its handler's code says.</summary>
internal sealed record DescribedOperation(Operation Operation, HandlerFacts Facts)
{
    public string Name => Operation.Name;

    public bool IsOfMachines => Operation.Access.Kind == AccessKind.Machine;

    public OperationBody? Body => Operation.Body;

    public IReadOnlyList<string> Query { get; } = [.. Operation.Query.Order(StringComparer.Ordinal)];

    public IReadOnlyList<IProducesResponseTypeMetadata> Answers => Operation.Answers;

    /// <summary>All of both ports, but the pages for people.</summary>
    public static IReadOnlyList<DescribedOperation> Of(EndpointDataSource endpoints) =>
        [
            .. endpoints
                .Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<Operation>()?.Id is not null)
                .Select(endpoint => new DescribedOperation(
                    endpoint.Metadata.GetMetadata<Operation>()!,
                    HandlerFacts.Of(endpoint.Metadata.GetMetadata<ApiHandler>()!)
                ))
                .OrderBy(operation => operation.Name, StringComparer.Ordinal),
        ];
}
