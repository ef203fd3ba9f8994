using Culvert.Identity.Service.Documentation.Operations;
using Culvert.Identity.Service.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>An endpoint with what its metadata says of it, and what its handler's code says.</summary>
internal sealed record DescribedOperation(
    string Name,
    bool IsOfMachines,
    HandlerFacts Facts,
    BodyMetadata? Body,
    IReadOnlyList<string> Query,
    IReadOnlyList<IProducesResponseTypeMetadata> Answers
)
{
    /// <summary>All of both ports, but the pages for people.</summary>
    public static IReadOnlyList<DescribedOperation> Of(EndpointDataSource endpoints) =>
        [
            .. endpoints
                .Endpoints.Select(endpoint => (endpoint, operation: endpoint.Metadata.GetMetadata<ApiOperation>()))
                .Where(found => found.operation is not null && !IsForPeople(found.operation.Name.Split(' ')[1]))
                .Select(found => Of(found.endpoint.Metadata, found.operation!))
                .OrderBy(operation => operation.Name, StringComparer.Ordinal),
        ];

    private static DescribedOperation Of(EndpointMetadataCollection metadata, ApiOperation operation) =>
        new(
            operation.Name,
            metadata.GetMetadata<ListenerMetadata>()!.Listener == Listener.Machine,
            HandlerFacts.Of(operation.Handler),
            metadata.GetMetadata<BodyMetadata>(),
            [.. (metadata.GetMetadata<QueryMetadata>()?.Names ?? []).Order(StringComparer.Ordinal)],
            [.. metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Where(answer => answer.StatusCode < 400)]
        );

    private static bool IsForPeople(string path) =>
        path.StartsWith("/docs/", StringComparison.Ordinal) || path.StartsWith("/console/", StringComparison.Ordinal);
}
