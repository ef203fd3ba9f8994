namespace Culvert.Documentation.Tests.Dependencies;

/// <summary>Something that others made.</summary>
/// <param name="Licence">As its maker declares it, in SPDX's words; empty = not declared.</param>
internal sealed record Dependency(string Name, string Version, string Licence, string UsedBy);
