using Microsoft.AspNetCore.Http.Metadata;

namespace Culvert.Identity.Service.Http;

internal sealed record OperationBody(Type? RequestType, bool IsOptional, IReadOnlyList<string> MediaTypes)
    : IAcceptsMetadata
{
    /// <summary>
    /// Empty, so that routing does not answer 415 before the handler runs: the handler refuses a wrong media type with the
    /// standard error body.
    /// </summary>
    public IReadOnlyList<string> ContentTypes => [];
}
