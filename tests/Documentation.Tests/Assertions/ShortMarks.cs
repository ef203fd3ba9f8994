using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Culvert.Documentation.Tests.Assertions;

/// <summary>
/// Finds marks that a test expects not to find in a text, although an id, hash, key, port or time in that text holds
/// them now and then: such a test fails by chance. By default Shouldly compares without regard to case, which makes a match by chance more likely.
/// </summary>
internal static class ShortMarks
{
    // 12 hex digits come up once in 2.8e14 places, and every other alphabet has more letters.
    private const int Unmistakable = 12;

    /// <summary>What the call expects not to find and may find by chance. Constants of other files are not looked up.</summary>
    public static string? In(InvocationExpressionSyntax call) =>
        call.ArgumentList.Arguments is [{ Expression: var mark }, ..] && ExpectsAbsence(call)
            ? TextsOf(mark).FirstOrDefault(MayComeUpByChance)
            : null;

    // Hex, base64 and base64url; the dots and colons of times, addresses, ports and fingerprints. A mark with any other
    // character, such as a quote or a space, cannot lie inside of one of these.
    private static bool MayComeUpByChance(string mark) =>
        mark.Length is > 0 and < Unmistakable && mark.All(c => char.IsAsciiLetterOrDigit(c) || "+/=_-.:".Contains(c));

    private static bool ExpectsAbsence(InvocationExpressionSyntax call) =>
        NameOf(call) switch
        {
            "ShouldNotContain" or "ShouldNotMatch" or "DoesNotContain" or "DoesNotMatch" => true,
            "Contains" => HoldsWithoutIt(call),
            _ => false,
        };

    // As x.Contains(mark).ShouldBeFalse(), lines.ShouldNotContain(line => line.Contains(mark)) and
    // lines.ShouldAllBe(line => !line.Contains(mark)) do.
    private static bool HoldsWithoutIt(InvocationExpressionSyntax call)
    {
        var isNegated = call.Parent is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression };
        foreach (var around in call.Ancestors().OfType<InvocationExpressionSyntax>())
        {
            var isArgument = around.ArgumentList.Span.Contains(call.Span);
            switch (NameOf(around))
            {
                case "ShouldBeFalse" or "ShouldBeEmpty" when !isArgument:
                case "ShouldNotContain" or "DoesNotContain" or "False" when isArgument:
                    return !isNegated;
                case "ShouldBeTrue" when !isArgument:
                case "ShouldAllBe" or "ShouldContain" or "True" when isArgument:
                    return isNegated;
            }
        }

        return false;
    }

    // Written in place, or in a declaration that the name leads to: a constant, a loop's list, the rows of a theory.
    private static IEnumerable<string> TextsOf(ExpressionSyntax mark) =>
        mark is IdentifierNameSyntax { Identifier.ValueText: var name }
            ? mark.Ancestors().Select(scope => Declared(name, scope)).FirstOrDefault(texts => texts is not null) ?? []
            : Literals([mark]);

    private static IEnumerable<string>? Declared(string name, SyntaxNode scope) =>
        scope switch
        {
            ForEachStatementSyntax loop when loop.Identifier.ValueText == name => Literals(
                // Without the arguments of calls and indexers in the list.
                loop.Expression.DescendantNodes().Where(node => node.Parent is not ArgumentSyntax)
            ),
            MethodDeclarationSyntax method when IndexOf(name, method) is >= 0 and var at => Literals(
                method
                    .AttributeLists.SelectMany(list => list.Attributes)
                    .Where(attribute => attribute.Name.ToString() == "InlineData")
                    .Select(row => row.ArgumentList?.Arguments.ElementAtOrDefault(at)?.Expression)
            ),
            _ => scope
                .ChildNodes()
                .SelectMany(child =>
                    child switch
                    {
                        LocalDeclarationStatementSyntax local => local.Declaration.Variables,
                        FieldDeclarationSyntax field => field.Declaration.Variables,
                        _ => default,
                    }
                )
                .Where(variable => variable.Identifier.ValueText == name)
                .Select(variable => Literals([variable.Initializer?.Value]))
                .FirstOrDefault(),
        };

    private static int IndexOf(string name, MethodDeclarationSyntax method) =>
        method.ParameterList.Parameters.IndexOf(parameter => parameter.Identifier.ValueText == name);

    private static IEnumerable<string> Literals(IEnumerable<SyntaxNode?> nodes) =>
        nodes
            .OfType<LiteralExpressionSyntax>()
            .Where(literal => literal.IsKind(SyntaxKind.StringLiteralExpression))
            .Select(literal => literal.Token.ValueText);

    private static string? NameOf(InvocationExpressionSyntax call) =>
        (call.Expression as MemberAccessExpressionSyntax)?.Name.Identifier.ValueText;
}
