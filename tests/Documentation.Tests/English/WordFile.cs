namespace Culvert.Documentation.Tests.English;

/// <summary>A list of this folder: one entry a line; empty lines and lines that start with # are comments.</summary>
internal static class WordFile
{
    public static IEnumerable<string> ReadLines(string name) =>
        File.ReadLines(Repository.PathOf(Path.Combine("tests/Documentation.Tests/English", name)))
            .Where(line => line.Length > 0 && line[0] != '#');
}
