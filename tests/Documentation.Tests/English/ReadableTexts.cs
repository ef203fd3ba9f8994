using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Culvert.Documentation.Tests.English;

/// <summary>Finds the text that people read in pages and sources. Code in it becomes an ellipsis.</summary>
internal static partial class ReadableTexts
{
    private static readonly string[] MarkdownFolders = ["docs", "deploy"];

    /// <summary>Files that people read as they are: console pages, presets, messages, samples, alerts, help of the chart.</summary>
    private static readonly (string Folder, string Extension)[] PlainFiles =
    [
        ("src/Identity.Service/Console", ".razor"),
        ("src/Identity.Service/Federation/Presets", ".json"),
        ("src/Tunnel.Agent", ".tsv"),
        ("deploy", ".yaml"),
        ("deploy", ".txt"),
    ];

    public static IEnumerable<ReadableText> FindAll() =>
        Directory
            .EnumerateFiles(Repository.Root, "*.md")
            .Concat(MarkdownFolders.SelectMany(folder => FilesIn(folder, ".md")))
            .SelectMany(file => InPage(Relative(file), File.ReadAllText(file)))
            .Concat(PlainFiles.SelectMany(kind => FilesIn(kind.Folder, kind.Extension)).SelectMany(InPlainFile))
            .Concat(Repository.Sources().SelectMany(file => InSource(Relative(file), File.ReadAllText(file))));

    /// <summary>The lines of a Markdown page outside of code.</summary>
    public static IEnumerable<ReadableText> InPage(string file, string page)
    {
        var isCode = false;
        var number = 0;
        foreach (var line in page.Split('\n'))
        {
            number++;
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                isCode = !isCode;
            }
            else if (!isCode)
            {
                yield return new(file, number, Hole().Replace(InlineCode().Replace(line, "…"), "…"));
            }
        }
    }

    /// <summary>The strings of more than one word in C#; strings that are added to each other are one text.</summary>
    public static IEnumerable<ReadableText> InSource(string file, string source) =>
        CSharpSyntaxTree
            .ParseText(source, new CSharpParseOptions(LanguageVersion.Preview))
            .GetRoot()
            .DescendantNodes()
            .OfType<ExpressionSyntax>()
            .Where(node => IsText(node) && !IsPartOfText(node))
            .Select(node => new ReadableText(
                file,
                node.GetLocation().GetLineSpan().StartLinePosition.Line + 1,
                Hole().Replace(TextOf(node), "…")
            ))
            .Where(text => text.Text.Contains(' ', StringComparison.Ordinal));

    /// <summary>The files of a folder whose names end so, without what a build leaves.</summary>
    public static IEnumerable<string> FilesIn(string folder, string extension = "") =>
        Directory
            .EnumerateFiles(Repository.PathOf(folder), "*" + extension, SearchOption.AllDirectories)
            .Where(file =>
                !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "node_modules")
            );

    public static string Relative(string file) => Path.GetRelativePath(Repository.Root, file);

    private static IEnumerable<ReadableText> InPlainFile(string file) =>
        File.ReadLines(file).Select((line, index) => new ReadableText(Relative(file), index + 1, line));

    private static bool IsText(SyntaxNode node) =>
        node is InterpolatedStringExpressionSyntax
        || node.IsKind(SyntaxKind.StringLiteralExpression)
        || (node is BinaryExpressionSyntax sum && sum.IsKind(SyntaxKind.AddExpression) && IsText(sum.Right));

    private static bool IsPartOfText(ExpressionSyntax node) =>
        node.Parent is BinaryExpressionSyntax sum && sum.IsKind(SyntaxKind.AddExpression) && IsText(sum);

    private static string TextOf(ExpressionSyntax node) =>
        node switch
        {
            BinaryExpressionSyntax sum => TextOf(sum.Left) + TextOf(sum.Right),
            LiteralExpressionSyntax literal => literal.Token.ValueText,
            InterpolatedStringExpressionSyntax interpolated => interpolated
                .Contents.Aggregate(
                    new StringBuilder(),
                    (text, part) =>
                        text.Append(part is InterpolatedStringTextSyntax plain ? plain.TextToken.ValueText : "…")
                )
                .ToString(),
            _ => "…",
        };

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();

    // "{Reason}" of a log message, "{reason}" of a format.
    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Hole();
}
