using Culvert.Testing;

namespace Culvert.Documentation.Tests;

/// <summary>The checkout that these tests read.</summary>
internal static class Repository
{
    public static string Root => CheckoutFolder.Root;

    public static string PathOf(string relative) => CheckoutFolder.GetPath(relative);

    /// <summary>Source files, without what the build made.</summary>
    public static IEnumerable<string> Sources() => FilesIn("src");

    /// <summary>The same of the tests.</summary>
    public static IEnumerable<string> TestSources() => FilesIn("tests");

    /// <summary>The pages that a reader opens.</summary>
    public static IEnumerable<string> Pages() =>
        Directory
            .EnumerateFiles(PathOf("docs"), "*.md", SearchOption.AllDirectories)
            .Append(PathOf("README.md"))
            .Append(PathOf("CONTRIBUTING.md"))
            .Append(PathOf("CHANGELOG.md"))
            .Append(PathOf("SECURITY.md"));

    private static IEnumerable<string> FilesIn(string folder) =>
        Directory
            .EnumerateFiles(PathOf(folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));
}
