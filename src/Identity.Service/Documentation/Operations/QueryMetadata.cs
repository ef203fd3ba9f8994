namespace Culvert.Identity.Service.Documentation.Operations;

/// <summary>The query parameters that an operation reads.</summary>
internal sealed record QueryMetadata(IReadOnlyList<string> Names);
