namespace Culvert.Identity.Service.Documentation.Operations;

internal sealed record QueryMetadata(IReadOnlyList<string> Names);
