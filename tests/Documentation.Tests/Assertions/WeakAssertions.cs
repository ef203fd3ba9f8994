using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Culvert.Documentation.Tests.Assertions;

/// <summary>Finds assertions in C# that can pass although what they are about is wrong, or fail although it is right.</summary>
internal static class WeakAssertions
{
    /// <summary>One line for each: where it is, and what to write in its place.</summary>
    public static IEnumerable<string> In(string file, string source) => SourceFindings.In(file, source, RemedyFor);

    private static string? RemedyFor(SyntaxNode node) =>
        node switch
        {
            ConditionalAccessExpressionSyntax access when IsAssertion(access.WhenNotNull) =>
                "asserts nothing about null: write (x?.Member).ShouldBe(…)",
            InvocationExpressionSyntax call when TakesAnyException(call) => "name the expected exception's type",
            InvocationExpressionSyntax call when ShortMarks.In(call) is { } mark =>
                $"\"{mark}\" may be in an id, hash or time by chance: write 12 characters or more, or one that none of these "
                    + $"has, such as a quote or a space; of a list, item => item == \"{mark}\"",
            MemberAccessExpressionSyntax
            {
                Name.Identifier.ValueText: "QuickCheckThrowOnFailure" or "VerboseCheckThrowOnFailure" or "QuickCheck"
            } => "draws a new seed for each run: call CheckSeeded()",
            _ => null,
        };

    // a?.b.ShouldBe(c): all after the question mark is skipped where a is null.
    private static bool IsAssertion(ExpressionSyntax skipped) =>
        skipped switch
        {
            InvocationExpressionSyntax call => IsAssertion(call.Expression),
            MemberAccessExpressionSyntax member => IsAssertion(member.Name) || IsAssertion(member.Expression),
            MemberBindingExpressionSyntax member => IsAssertion(member.Name),
            ConditionalAccessExpressionSyntax inner => IsAssertion(inner.Expression) || IsAssertion(inner.WhenNotNull),
            ElementAccessExpressionSyntax element => IsAssertion(element.Expression),
            PostfixUnaryExpressionSyntax suppressed => IsAssertion(suppressed.Operand),
            SimpleNameSyntax name => name.Identifier.ValueText.StartsWith("Should", StringComparison.Ordinal),
            _ => false,
        };

    private static bool TakesAnyException(InvocationExpressionSyntax call) =>
        call.Expression
            is MemberAccessExpressionSyntax { Name: GenericNameSyntax { TypeArgumentList.Arguments: [var type] } name }
        && name.Identifier.ValueText.Contains("Throw", StringComparison.Ordinal)
        && type.ToString() is ("Exception" or "System.Exception");
}
