using System.Diagnostics;
using System.Text;
using Culvert.Identity.Service.Federation.Rules.Cel;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Rules.Cel;

/// <summary>A56: whatever the rule's author and the token's issuer do, an evaluation ends soon, and a failure denies.</summary>
public sealed class CelBudgetTests
{
    // About the largest list that a token of 16 KiB can hold.
    private const int Huge = 5000;

    private static readonly ClaimSet Claims = Read(
        $$"""
        {"numbers":[{{string.Join(',', Enumerable.Repeat("1", Huge))}}],"text":"{{new string('a', 5000)}}",
         "s":"1","n":1,"nothing":null,"nested":{{string.Concat(Enumerable.Repeat("[", 7))}}1{{string.Concat(
            Enumerable.Repeat("]", 7)
        )}}}
        """
    );

    [Theory]
    [Trait("Attack", "A56")]
    [InlineData("claims.numbers.all(a, claims.numbers.all(b, a == b))")]
    [InlineData("claims.numbers.all(a, claims.numbers.all(b, claims.numbers.all(c, a == b || b == c)))")]
    [InlineData(
        "claims.numbers.exists(a, claims.numbers == [a])  || claims.numbers.all(a, claims.numbers == claims.numbers)"
    )]
    [InlineData("claims.numbers.all(a, a in claims.numbers + claims.numbers)")]
    [InlineData("claims.numbers.all(a, claims.text.contains('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab') || a == 1)")]
    [InlineData("claims.numbers.all(a, claims.text.matches('^(a+)+$'))")]
    [InlineData("claims.text.matches('(a|b)*a(a|b){90}$') && claims.text.matches('(a?){300}a{300}$')")]
    [InlineData("claims.numbers.all(a, claims.text + claims.text + claims.text + claims.text != claims.text)")]
    [InlineData("claims.numbers.all(a, claims.text + 'b' > claims.text)")]
    public void Evaluate_CostBomb_IsCutOff(string expression)
    {
        var program = Compile(expression);

        var result = program.Evaluate(Claims);

        result.Holds.ShouldBeNull();
        result.Error.ShouldBe(CelErrorValue.OverBudget.Message);
        new CelCondition(program).Evaluate(Claims).Verdict.ShouldBe(ConditionVerdict.Fails);
    }

    // The bound in time follows from the bound in steps: 5 ms. One of many runs has to meet it, as machines have other work.
    [Theory]
    [Trait("Attack", "A56")]
    [InlineData("claims.numbers.all(a, claims.numbers.all(b, a == b))")]
    [InlineData("claims.text.matches('(a?){300}a{300}$')")]
    [InlineData("claims.numbers.all(a, claims.text + claims.text + claims.text + claims.text != claims.text)")]
    [InlineData("claims.numbers.all(a, {'a': [a, a], 'b': {'c': a}} == {'b': {'c': a}, 'a': [a, a]})")]
    public void Evaluate_CostBomb_EndsSoon(string expression)
    {
        var program = Compile(expression);
        var bound = TimeSpan.FromMilliseconds(20);
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 400 && best >= bound; i++)
        {
            var started = Stopwatch.GetTimestamp();
            program.Evaluate(Claims);
            var taken = Stopwatch.GetElapsedTime(started);
            best = taken < best ? taken : best;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{best.TotalMilliseconds:F2} ms");
        best.ShouldBeLessThan(bound);
    }

    // What an honest rule asks of a large token is not refused for its cost.
    [Theory]
    [InlineData("claims.numbers.exists(a, a == 2)", false)]
    [InlineData("claims.numbers.all(a, a == 1)", true)]
    [InlineData("2 in claims.numbers", false)]
    [InlineData("claims.text.matches('^[a-z]+$')", true)]
    [InlineData("claims.text.contains('b')", false)]
    [InlineData("claims.numbers == claims.numbers", true)]
    public void Evaluate_HonestExpression_IsAnswered(string expression, bool expected) =>
        Compile(expression).Evaluate(Claims).Holds.ShouldBe(expected);

    [Theory]
    [Trait("Attack", "A56")]
    [InlineData("claims.s == 1", "Differs")]
    [InlineData("claims.s > 1", "Fails")]
    [InlineData("claims.n == '1'", "Differs")]
    [InlineData("claims.nothing == 1", "Differs")]
    [InlineData("claims.nothing.a == 1", "Fails")]
    [InlineData("claims.nothing > 1", "Fails")]
    [InlineData("claims.absent == 1", "Fails")]
    [InlineData("claims.absent != 1", "Fails")]
    [InlineData("!(claims.absent == 1)", "Fails")]
    [InlineData("claims.n", "Fails")]
    [InlineData("claims.nested[0][0][0][0][0][0][0] == 1", "Holds")]
    public void Evaluate_WrongType_NeverHolds(string expression, string verdict) =>
        new CelCondition(Compile(expression)).Evaluate(Claims).Verdict.ToString().ShouldBe(verdict);

    private static CelProgram Compile(string expression)
    {
        CelProgram.TryCompile(expression, out var program, out var error).ShouldBeTrue(error?.ToString());
        return program;
    }

    private static ClaimSet Read(string json)
    {
        ClaimSet.TryParse(Encoding.UTF8.GetBytes(json), out var claims).ShouldBe(JoseRefusal.None);
        return claims!;
    }
}
