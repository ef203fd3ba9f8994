namespace Culvert.Documentation.Tests.English;

/// <summary>Text that a person reads, without the code in it: a line of a page or a string of the sources.</summary>
internal sealed record ReadableText(string File, int Line, string Text);
