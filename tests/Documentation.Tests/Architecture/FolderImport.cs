namespace Culvert.Documentation.Tests.Architecture;

/// <summary>A place where a file of one top-level folder uses another.</summary>
/// <param name="From">The folder of the file; empty = outside of the folders.</param>
/// <param name="To">The folder that is used.</param>
/// <param name="File">Relative to the checkout.</param>
/// <param name="Line">From 1.</param>
/// <param name="Name">What is used.</param>
internal sealed record FolderImport(string From, string To, string File, int Line, string Name);
