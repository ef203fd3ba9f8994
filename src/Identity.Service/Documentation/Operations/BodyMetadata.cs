using Microsoft.AspNetCore.Http.Metadata;

namespace Culvert.Identity.Service.Documentation.Operations;

/// <summary>The body that an operation takes.</summary>
/// <param name="RequestType">Its type.</param>
/// <param name="IsOptional">Whether it may be left out.</param>
/// <param name="MediaTypes">How it may be written.</param>
internal sealed record BodyMetadata(Type? RequestType, bool IsOptional, IReadOnlyList<string> MediaTypes)
    : IAcceptsMetadata
{
    /// <summary>
    /// Empty, so that routing does not answer 415 before the handler: a wrong media type is refused in the shape of all
    /// errors.
    /// </summary>
    public IReadOnlyList<string> ContentTypes => [];
}
