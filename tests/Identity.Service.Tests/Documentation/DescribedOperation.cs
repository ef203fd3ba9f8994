using System.Text.RegularExpressions;
using Culvert.Identity.Service.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>An endpoint as its registration has it, with what its handler says.</summary>
internal sealed partial record DescribedOperation(
    string Method,
    string Path,
    bool IsOfMachines,
    Access Access,
    HandlerFacts Facts
)
{
    /// <summary>The first word behind the version, or of what stands beside it.</summary>
    public string Area => Path.StartsWith("/v1/", StringComparison.Ordinal) ? Path.Split('/')[2] : "other";

    public IEnumerable<string> Parameters => Parameter().Matches(Path).Select(match => match.Groups["name"].Value);

    /// <summary>In the API's words.</summary>
    public string Permission =>
        Access.Kind switch
        {
            AccessKind.Anonymous => "none",
            AccessKind.AnyCredential => "any credential; the operation decides",
            AccessKind.Machine => Access.Role == MachineRole.Agent ? "an agent's certificate" : "an edge's certificate",
            _ => $"scope `{Access.RequiredScope}`",
        };

    public string Limit =>
        Access switch
        {
            { Kind: AccessKind.Anonymous, IsOfLists: true } => "limits.lists_per_address",
            { Kind: AccessKind.Anonymous } => "limits.exchange_per_address",
            { Kind: AccessKind.Machine } => "",
            _ => "limits.history_per_address",
        };

    /// <summary>All of both ports, but the pages for people.</summary>
    public static IReadOnlyList<DescribedOperation> Of(EndpointDataSource endpoints) =>
        [
            .. endpoints
                .Endpoints.OfType<RouteEndpoint>()
                .Select(endpoint => (endpoint, operation: endpoint.Metadata.GetMetadata<ApiOperation>()))
                .Where(found => found.operation is not null)
                .Select(found => new DescribedOperation(
                    found.operation!.Name.Split(' ')[0],
                    Constraint().Replace(found.endpoint.RoutePattern.RawText!, "}").Replace("{**", "{"),
                    found.endpoint.Metadata.GetMetadata<ListenerMetadata>()!.Listener == Listener.Machine,
                    found.operation.Access,
                    HandlerFacts.Of(found.operation.Handler)
                ))
                .Where(operation => !IsForPeople(operation.Path))
                .OrderBy(operation => operation.Path, StringComparer.Ordinal)
                .ThenBy(operation => operation.Method == HttpMethods.Get ? 0 : 1)
                .ThenBy(operation => operation.Method, StringComparer.Ordinal),
        ];

    private static bool IsForPeople(string path) =>
        path.StartsWith("/docs/", StringComparison.Ordinal) || path.StartsWith("/console/", StringComparison.Ordinal);

    [GeneratedRegex(@"\{\**(?<name>\w+)")]
    private static partial Regex Parameter();

    [GeneratedRegex(@":[^{}]+\}")]
    private static partial Regex Constraint();
}
