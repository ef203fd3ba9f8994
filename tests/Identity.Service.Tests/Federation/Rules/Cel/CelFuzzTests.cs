using System.Globalization;
using System.Text;
using Culvert.Identity.Service.Federation.Rules.Cel;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Rules.Cel;

/// <summary>
/// Any text is an expression or a refusal, and any expression on any claims ends within its budget with true, false or
/// a reason. Longer with ./test --soak cel; --seed repeats a run.
/// </summary>
public sealed class CelFuzzTests
{
    private static readonly string[] Words =
    [
        "claims",
        ".a",
        ".b",
        "['a']",
        "[0]",
        ".x",
        "a",
        "x",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "'s'",
        "\"t\"",
        "r'\\d'",
        "'''u'''",
        "1",
        "2u",
        "0.5",
        "-1",
        "0x1F",
        "9223372036854775807",
        "true",
        "false",
        "null",
        "in",
        "==",
        "!=",
        "<",
        ">=",
        "&&",
        "||",
        "!",
        "-",
        "+",
        "*",
        "/",
        "%",
        "?",
        ":",
        ",",
        ".size()",
        "size(",
        "has(claims.a)",
        ".startsWith('s')",
        ".contains(",
        ".matches('^(a|b)+$')",
        ".matches('",
        ".all(x, x == 1)",
        ".exists(y, y in claims.b)",
        ".map(x, x)",
        "//",
        "\n",
        "\\",
        "`",
        "b'x'",
        "'",
        "\"",
        "😀",
        "\ud800",
        "\0",
        "if",
        "int(",
        "claims.a",
        "claims.b.c",
        "[1, 's', null]",
        "{'k': 1}",
    ];

    private static readonly string[] Values =
    [
        "1",
        "-1",
        "0.5",
        "1e400",
        "9007199254740993",
        "\"s\"",
        "\"\"",
        "\"a\\u0000b\"",
        "\"😀\"",
        "true",
        "false",
        "null",
        "[]",
        "[1,\"s\",null,[1]]",
        "{}",
        "{\"c\":1,\"x\":\"s\"}",
        "[9007199254740993]",
        "{\"c\":{\"a\":[true]}}",
    ];

    [Fact]
    [Trait(Soak.Name, "cel")]
    [Trait("Attack", "A56")]
    public void Fuzz_AnyExpressionOnAnyClaims_EndsWithAnAnswer()
    {
        var seed = Soak.SeedOr(15);
        var random = new Random(seed);
        var (runs, compiled) = (0, 0);
        foreach (var _ in Soak.FuzzRounds("cel", shortForm: 20_000, TimeSpan.FromMinutes(5)))
        {
            var text = random.Next(3) == 0 ? Soup(random) : Expression(random, 4);
            runs++;
            try
            {
                compiled += Try(text, ClaimsOf(random), random) ? 1 : 0;
            }
            catch (Exception fault) when (fault is not ShouldAssertException)
            {
                throw new InvalidOperationException($"Seed {seed}: {text}", fault);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {runs} runs, {compiled} expressions");
        compiled.ShouldBeGreaterThan(runs / 20);
    }

    private static bool Try(string text, string[] members, Random random)
    {
        if (!CelProgram.TryCompile(text, out var program, out var error))
        {
            error.Position.ShouldBeInRange(1, text.Length + 1, text);
            error.Message.ShouldNotBeNullOrEmpty();
            return false;
        }

        var result = program.Evaluate(Read(members));
        result.Steps.ShouldBeLessThan(CelLimits.MaxSteps + 10_000, text);
        (result.Holds is null).ShouldBe(result.Error is not null, text);
        // The order of claims is the issuer's whim, and neither analysis may fail on what compiles.
        random.Shuffle(members);
        program.Evaluate(Read(members)).Holds.ShouldBe(result.Holds, text);
        var reads = program.Reads;
        var pins = CelPins.Find(program);
        foreach (var pin in pins)
        {
            reads.Claims.ShouldContain(path => path.Pointer == pin.Path.Pointer, text);
            // What an expression demands is what it does not hold without.
            if (result.Holds == true)
            {
                pin.Compile().Holds(Read(members)).ShouldBe(IsComparableAsWritten(pin.Values), text);
            }
        }

        return true;
    }

    // A number of a claim is a double for CEL and a whole number for matchers; strings and booleans are the same.
    private static bool IsComparableAsWritten(
        IReadOnlyList<Culvert.Identity.Service.Federation.Rules.Conditions.MatchValue> values
    ) => values.Count > 0;

    private static string Soup(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(12); i >= 0; i--)
        {
            text.Append(Words[random.Next(Words.Length)]);
            text.Append(random.Next(3) == 0 ? " " : "");
        }

        return text.ToString();
    }

    private static string Expression(Random random, int depth)
    {
        var inner = depth == 0 ? 5 : 16;
        string Part() => Expression(random, depth - 1);
        return random.Next(inner) switch
        {
            0 => "claims.a",
            1 => "claims.b.c",
            2 => random.Next(3).ToString(CultureInfo.InvariantCulture),
            3 => "'s'",
            4 => random.Next(2) == 0 ? "claims" : "x",
            5 => $"{Part()} == {Part()}",
            6 => $"{Part()} && {Part()}",
            7 => $"{Part()} || {Part()}",
            8 => $"!({Part()})",
            9 => $"{Part()} in {Part()}",
            10 => $"({Part()}).exists(x, {Part()})",
            11 => $"({Part()}).all(x, {Part()})",
            12 => $"({Part()} ? {Part()} : {Part()})",
            13 => $"[{Part()}, {Part()}]",
            14 => $"({Part()}).startsWith({Part()})",
            _ => $"({Part()}) {(random.Next(2) == 0 ? "<" : "+")} ({Part()})",
        };
    }

    private static string[] ClaimsOf(Random random) =>
        [
            .. new[] { "a", "b", "x", "ü" }
                .Where(_ => random.Next(4) > 0)
                .Select(name => $"\"{name}\":{Values[random.Next(Values.Length)]}"),
        ];

    private static ClaimSet Read(string[] members)
    {
        var json = $"{{{string.Join(',', members)}}}";
        ClaimSet.TryParse(Encoding.UTF8.GetBytes(json), out var claims).ShouldBe(JoseRefusal.None);
        return claims!;
    }
}
