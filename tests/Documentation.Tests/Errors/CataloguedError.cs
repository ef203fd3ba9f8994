namespace Culvert.Documentation.Tests.Errors;

/// <summary>One code as a program's catalogue has it; what a catalogue does not hold is null.</summary>
internal sealed record CataloguedError(
    string Catalogue,
    string Code,
    int? Status,
    string? Meaning,
    string? Cause,
    string? NextStep
);
