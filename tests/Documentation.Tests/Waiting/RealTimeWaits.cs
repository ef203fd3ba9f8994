using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Culvert.Documentation.Tests.Waiting;

/// <summary>
/// Finds code that waits for real time. In a test it costs the time in each run, and proves less than the event itself.
/// </summary>
internal static class RealTimeWaits
{
    private const string Poll = "await the event itself, move a fake clock, or call Eventually.UntilAsync";
    private const string Limit = "the limit of a wait is Eventually.Limit";

    /// <summary>One line for each: where it is, and what to write in its place.</summary>
    public static IEnumerable<string> In(string file, string source) => SourceFindings.In(file, source, RemedyFor);

    private static string? RemedyFor(SyntaxNode node) =>
        node switch
        {
            MemberAccessExpressionSyntax member when IsMember(member, "Task", "Delay") => Poll
                + "; what never responds is Never.RespondAsync",
            MemberAccessExpressionSyntax member when IsMember(member, "Thread", "Sleep") => Poll,
            AwaitExpressionSyntax
            {
                Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member }
            } when IsMember(member, "Task", "Yield") && IsInLoop(node) => Poll,
            ObjectCreationExpressionSyntax { Type: IdentifierNameSyntax { Identifier.ValueText: "PeriodicTimer" } } made
                when !TakesFakeClock(made.ArgumentList) => Poll,
            ObjectCreationExpressionSyntax
            {
                Type: IdentifierNameSyntax { Identifier.ValueText: "CancellationTokenSource" }
            } made when HasTime(made.ArgumentList) && !TakesFakeClock(made.ArgumentList) => Limit,
            InvocationExpressionSyntax
            {
                Expression: MemberAccessExpressionSyntax
                {
                    Name.Identifier.ValueText: "WaitAsync" or "Wait" or "WaitOne" or "SpinUntil" or "CancelAfter"
                }
            } call when HasTime(call.ArgumentList) => Limit,
            _ => null,
        };

    private static bool IsMember(MemberAccessExpressionSyntax member, string type, string name) =>
        member.Expression is IdentifierNameSyntax { Identifier.ValueText: var actual }
        && actual == type
        && member.Name.Identifier.ValueText == name;

    // A loop of the same function, not one around a lambda.
    private static bool IsInLoop(SyntaxNode node) =>
        node.Ancestors()
            .TakeWhile(outer =>
                outer
                    is not (
                        AnonymousFunctionExpressionSyntax
                        or LocalFunctionStatementSyntax
                        or MemberDeclarationSyntax
                    )
            )
            .Any(outer => outer is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax);

    private static bool HasTime(ArgumentListSyntax? arguments) =>
        arguments is not null && arguments.Arguments.Any(argument => IsTime(argument.Expression));

    // TimeSpan.FromSeconds(5), or a number of milliseconds.
    private static bool IsTime(ExpressionSyntax expression) =>
        expression switch
        {
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } => member.Expression
                is IdentifierNameSyntax { Identifier.ValueText: "TimeSpan" or "Math" },
            LiteralExpressionSyntax { Token.Value: > 0 } => true,
            _ => false,
        };

    private static bool TakesFakeClock(ArgumentListSyntax? arguments) =>
        arguments is { Arguments: [_, var clock] } && clock.Expression.ToString() != "TimeProvider.System";
}
