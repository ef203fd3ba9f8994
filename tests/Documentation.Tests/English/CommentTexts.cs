using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Culvert.Documentation.Tests.English;

/// <summary>Finds the comments of sources and scripts. Comments on consecutive lines are one text.</summary>
internal static partial class CommentTexts
{
    private static readonly string[] Folders = ["src", "deploy", "tests"];

    /// <summary>
    /// Comments have lines of their own in these: scripts, units, queries. A name without a dot is a script too.
    /// </summary>
    private static readonly string[] ScriptExtensions = ["", ".mjs", ".service", ".sh", ".sql", ".yaml"];

    private static readonly string[] MarkupExtensions = [".csproj", ".props"];

    /// <summary>All comments of the repository but those of the folders in <c>comments.txt</c>.</summary>
    public static IEnumerable<ReadableText> FindAll() =>
        Folders.SelectMany(FindIn).Where(text => !UnheldFolders().Any(folder => IsIn(folder, text)));

    /// <summary>The folders in <c>comments.txt</c>.</summary>
    public static IEnumerable<string> UnheldFolders() =>
        WordFile.ReadLines("comments.txt").Select(line => line.Split(" => ", 2)[0]);

    public static IEnumerable<ReadableText> FindIn(string folder) =>
        ReadableTexts
            .FilesIn(folder)
            .SelectMany(file =>
                Path.GetExtension(file) switch
                {
                    ".cs" => InSource(ReadableTexts.Relative(file), File.ReadAllText(file)),
                    var other when ScriptExtensions.Contains(other) => InScript(
                        ReadableTexts.Relative(file),
                        File.ReadLines(file)
                    ),
                    var other when MarkupExtensions.Contains(other) => InMarkup(
                        ReadableTexts.Relative(file),
                        File.ReadAllText(file)
                    ),
                    _ => [],
                }
            );

    /// <summary>The comments of C#, without the code and the tags in them.</summary>
    public static IEnumerable<ReadableText> InSource(string file, string source) =>
        Join(
            file,
            CSharpSyntaxTree
                .ParseText(source, new CSharpParseOptions(LanguageVersion.Preview, DocumentationMode.None))
                .GetRoot()
                .DescendantTrivia()
                .Where(trivia =>
                    trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
                )
                .Select(trivia => (trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1, trivia.ToString()))
        );

    /// <summary>The lines of a script that are comments.</summary>
    public static IEnumerable<ReadableText> InScript(string file, IEnumerable<string> lines) =>
        Join(
            file,
            lines
                .Select((line, index) => (Number: index + 1, Comment: ScriptComment().Match(line)))
                .Where(line => line.Comment.Success)
                .Select(line => (line.Number, line.Comment.Value))
        );

    private static IEnumerable<ReadableText> InMarkup(string file, string markup) =>
        MarkupComment()
            .Matches(markup)
            .Select(comment => new ReadableText(file, markup.AsSpan(0, comment.Index).Count('\n') + 1, comment.Value));

    private static IEnumerable<ReadableText> Join(string file, IEnumerable<(int Line, string Text)> comments)
    {
        var first = 0;
        var last = 0;
        var text = "";
        foreach (var comment in comments)
        {
            if (comment.Line > last + 1 && first > 0)
            {
                yield return new(file, first, Clean(text));
                first = 0;
            }

            (first, text) = first == 0 ? (comment.Line, "") : (first, text);
            last = comment.Line;
            text += " " + CommentMark().Replace(comment.Text, "");
        }

        if (first > 0)
        {
            yield return new(file, first, Clean(text));
        }
    }

    private static string Clean(string text) => Code().Replace(text, "…");

    private static bool IsIn(string folder, ReadableText text) =>
        text.File.StartsWith(folder + "/", StringComparison.Ordinal);

    // "<c>fault</c>", "`fault`", "<see cref="Fault"/>", "<param name="fault">".
    [GeneratedRegex("<c>[^<]*</c>|`[^`]*`|<[^>]*>")]
    private static partial Regex Code();

    [GeneratedRegex(@"^\s*(?:///?|#+|--|/?\*+)\s?")]
    private static partial Regex CommentMark();

    [GeneratedRegex(@"^\s*(?://|#|--\s|/?\*).*$")]
    private static partial Regex ScriptComment();

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex MarkupComment();
}
