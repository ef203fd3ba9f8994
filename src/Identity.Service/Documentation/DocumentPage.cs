namespace Culvert.Identity.Service.Documentation;

/// <param name="Path">Below <c>/docs/</c>, without an ending: <c>platforms/aws</c>.</param>
/// <param name="Title">Its first heading.</param>
/// <param name="Html">The whole answer.</param>
internal sealed record DocumentPage(string Path, string Title, ReadOnlyMemory<byte> Html);
