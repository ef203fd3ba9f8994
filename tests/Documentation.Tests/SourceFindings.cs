using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Culvert.Documentation.Tests;

/// <summary>Finds what a rule refuses in C#.</summary>
internal static class SourceFindings
{
    /// <summary>One line for each: where it is, and what to write in its place.</summary>
    /// <param name="file">The name that the lines show.</param>
    /// <param name="source">The file's text.</param>
    /// <param name="remedyFor">What to write in place of a node; null for a node that is allowed.</param>
    public static IEnumerable<string> In(string file, string source, Func<SyntaxNode, string?> remedyFor) =>
        CSharpSyntaxTree
            .ParseText(source, new CSharpParseOptions(LanguageVersion.Preview))
            .GetRoot()
            .DescendantNodes()
            .Select(node => (node, Remedy: remedyFor(node)))
            .Where(found => found.Remedy is not null)
            .Select(found =>
                $"{file}:{found.node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}: {found.Remedy}"
            );
}
