namespace Culvert.Documentation.Tests.English;

/// <summary>A place where an unclear word is right: the end of the file's path, text around the word, and the reason.</summary>
internal sealed record WordException(string File, string Text, string Reason)
{
    /// <summary>The list in <c>exceptions.txt</c>.</summary>
    public static IReadOnlyList<WordException> ReadAll() => [.. WordFile.ReadLines("exceptions.txt").Select(Parse)];

    public bool Covers(ReadableText text) =>
        text.File.EndsWith(File, StringComparison.Ordinal) && text.Text.Contains(Text, StringComparison.Ordinal);

    private static WordException Parse(string line)
    {
        var parts = line.Split(" => ", 3);
        return new(parts[0], parts[1], parts[2]);
    }
}
