using System.Text;
using Culvert.Identity.Service.Federation.Rules.Cel;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Rules.Cel;

/// <summary>The CEL specification's semantics for what is supported; the expected values are worked out from its text.</summary>
public sealed class CelProgramTests
{
    private const string Token = """
        {"sub":"repo:acme/api:environment:prod","iss":"https://idp.test","repository_id":"74","n":74,"half":0.5,"zero":0,
         "negative":-3,"big":9007199254740993,"huge":1e400,"list":["a","b",1,true,null,["x"],{"k":"v"}],"empty":[],
         "numbers":[1,2,3],"texts":["ops","dev"],"map":{"a":"x","b":{"c":1},"a.b":"y"},"nothing":null,"yes":true,"no":false,
         "kubernetes.io":{"namespace":"prod"},"oidc.circleci.com/project-id":"p","ä":"ö","emoji":"a😀b","blank":"",
         "namespace":"n","mixed":[1,"x"],"lines":"a\nb","bad":[1,9007199254740993]}
        """;

    [Theory]
    // Equality: across types it is false, across number types by value, and nothing is converted.
    [InlineData("claims.repository_id == '74'", true)]
    [InlineData("claims.repository_id == \"74\"", true)]
    [InlineData("claims.repository_id == 74", false)]
    [InlineData("claims.n == 74", true)]
    [InlineData("claims.n == 74u", true)]
    [InlineData("claims.n == 74.0", true)]
    [InlineData("claims.n == '74'", false)]
    [InlineData("claims.n != '74'", true)]
    [InlineData("claims.half == 0.5", true)]
    [InlineData("claims.half == .5", true)]
    [InlineData("claims.half == 5e-1", true)]
    [InlineData("claims.half == 0", false)]
    [InlineData("claims.negative == -3", true)]
    [InlineData("claims.negative == - 3", true)]
    [InlineData("claims.n == 0x4a", true)]
    [InlineData("claims.n == 0x4Au", true)]
    [InlineData("claims.yes == true", true)]
    [InlineData("claims.yes == 1", false)]
    [InlineData("claims.yes == 'true'", false)]
    [InlineData("claims.nothing == null", true)]
    [InlineData("claims.nothing == false", false)]
    [InlineData("claims.nothing == ''", false)]
    [InlineData("claims.zero == null", false)]
    [InlineData("claims.numbers == [1, 2, 3]", true)]
    [InlineData("claims.numbers == [1u, 2.0, 3]", true)]
    [InlineData("claims.numbers == [1, 2]", false)]
    [InlineData("claims.numbers == [3, 2, 1]", false)]
    [InlineData("claims.empty == []", true)]
    [InlineData("claims.map == {'a.b': 'y', 'b': {'c': 1}, 'a': 'x'}", true)]
    [InlineData("claims.map == {'a': 'x'}", false)]
    [InlineData("claims.map.b == {'c': 2}", false)]
    [InlineData("claims.map == [1]", false)]
    [InlineData("claims.sub == 'Repo:acme/api:environment:prod'", false)]
    [InlineData("claims['ä'] == '\\u00f6'", true)]
    [InlineData("claims['ä'] == 'o\\u0308'", false)]
    // Selection and presence.
    [InlineData("claims.map.b.c == 1", true)]
    [InlineData("claims['kubernetes.io']['namespace'] == 'prod'", true)]
    [InlineData("claims['kubernetes.io'].namespace == 'prod'", true)]
    [InlineData("claims['oidc.circleci.com/project-id'] == 'p'", true)]
    [InlineData("claims.namespace == 'n'", true)]
    [InlineData("claims.map['a.b'] == 'y'", true)]
    [InlineData("has(claims.sub)", true)]
    [InlineData("has(claims.nothing)", true)]
    [InlineData("has(claims.absent)", false)]
    [InlineData("has(claims.map.b.c)", true)]
    [InlineData("has(claims.map.b.d)", false)]
    [InlineData("has(claims.absent.b)", null)]
    [InlineData("has(claims.sub.b)", null)]
    [InlineData("claims.absent == 'x'", null)]
    [InlineData("claims.absent != 'x'", null)]
    [InlineData("claims.absent.b == 'x'", null)]
    [InlineData("claims['absent'] == null", null)]
    [InlineData("claims.Sub == 'x'", null)]
    [InlineData("claims.sub.length == 1", null)]
    [InlineData("has(claims.absent) && claims.absent == 'x'", false)]
    [InlineData("!has(claims.absent) || claims.absent == 'x'", true)]
    // Lists.
    [InlineData("claims.list[0] == 'a'", true)]
    [InlineData("claims.list[0u] == 'a'", true)]
    [InlineData("claims.list[claims.zero] == 'a'", true)]
    [InlineData("claims.list[claims.half] == 'a'", null)]
    [InlineData("claims.list[7] == 'a'", null)]
    [InlineData("claims.list[-1] == 'a'", null)]
    [InlineData("claims.list['0'] == 'a'", null)]
    [InlineData("claims.list[5][0] == 'x'", true)]
    [InlineData("claims.list[6].k == 'v'", true)]
    [InlineData("'a' in claims.list", true)]
    [InlineData("1 in claims.list", true)]
    [InlineData("1u in claims.list", true)]
    [InlineData("'1' in claims.list", false)]
    [InlineData("null in claims.list", true)]
    [InlineData("['x'] in claims.list", true)]
    [InlineData("'x' in claims.list", false)]
    [InlineData("'x' in claims.empty", false)]
    [InlineData("claims.sub in ['a', claims.sub]", true)]
    [InlineData("claims.n in [73, 75]", false)]
    [InlineData("'map' in claims", true)]
    [InlineData("'absent' in claims", false)]
    [InlineData("'a' in claims.map", true)]
    [InlineData("'x' in claims.map", false)]
    [InlineData("1 in claims.map", false)]
    [InlineData("'a' in claims.sub", null)]
    [InlineData("'a' in claims.nothing", null)]
    [InlineData("claims.empty + ['a'] == ['a']", true)]
    // Texts: code points, no case folding.
    [InlineData("claims.sub.startsWith('repo:acme/')", true)]
    [InlineData("claims.sub.startsWith('')", true)]
    [InlineData("claims.sub.startsWith('Repo')", false)]
    [InlineData("claims.sub.endsWith(':prod')", true)]
    [InlineData("claims.sub.contains('acme')", true)]
    [InlineData("claims.sub.contains('ACME')", false)]
    [InlineData("claims.n.startsWith('7')", null)]
    [InlineData("claims.sub.startsWith(claims.n)", null)]
    [InlineData("claims.nothing.contains('')", null)]
    [InlineData("size(claims.emoji) == 3", true)]
    [InlineData("claims.emoji.size() == 3", true)]
    [InlineData("size(claims.list) == 7", true)]
    [InlineData("size(claims.map) == 3", true)]
    [InlineData("size(claims.blank) == 0", true)]
    [InlineData("size(claims.n) == 2", null)]
    [InlineData("size(claims.nothing) == 0", null)]
    [InlineData("claims.repository_id + '5' == '745'", true)]
    [InlineData("claims.repository_id + claims.n == '7474'", null)]
    [InlineData("claims.sub == r'repo:acme/api:environment:prod'", true)]
    [InlineData("claims.lines == 'a\\nb'", true)]
    [InlineData("claims.lines == r'a\\nb'", false)]
    [InlineData("claims.lines == '''a\nb'''", true)]
    [InlineData("claims.repository_id == '\\x37\\064'", true)]
    [InlineData("claims.emoji == 'a\\U0001F600b'", true)]
    [InlineData("claims.sub.matches('^repo:acme/[^:]+:environment:prod$')", true)]
    [InlineData("matches(claims.sub, 'acme')", true)]
    [InlineData("claims.sub.matches('^acme')", false)]
    [InlineData("claims.n.matches('7')", null)]
    // Numbers: doubles, as JSON has them; no conversion in arithmetic.
    [InlineData("claims.n > 73", true)]
    [InlineData("claims.n > 73u", true)]
    [InlineData("claims.n >= 74.0", true)]
    [InlineData("claims.n < 74.5", true)]
    [InlineData("claims.negative < 0u", true)]
    [InlineData("claims.half < 1", true)]
    [InlineData("claims.n + 1.0 == 75.0", true)]
    [InlineData("claims.n + 1 == 75", null)]
    [InlineData("claims.n * 2.0 - 48.0 == 100.0", true)]
    [InlineData("claims.n / 0.0 > 1.0", true)]
    [InlineData("claims.zero / claims.zero == claims.zero / claims.zero", false)]
    [InlineData("-claims.n == -74", true)]
    [InlineData("-claims.sub == 'x'", null)]
    [InlineData("claims.n > '7'", null)]
    [InlineData("claims.repository_id > '7'", true)]
    [InlineData("claims.repository_id > 7", null)]
    [InlineData("claims.emoji < 'a\\uffff'", false)]
    [InlineData("claims.yes > claims.no", true)]
    [InlineData("claims.nothing < 1", null)]
    [InlineData("claims.n == 70 + 2 * 2", true)]
    [InlineData("claims.n == (70 + 2) * 2 - 70", true)]
    [InlineData("claims.n == 149 / 2", true)]
    [InlineData("claims.n == 174 % 100", true)]
    [InlineData("claims.n == -149 / -2", true)]
    [InlineData("claims.negative == -13 % 10", true)]
    [InlineData("claims.n == 9223372036854775807 + 1", null)]
    [InlineData("claims.n == -9223372036854775808 - 1", null)]
    [InlineData("claims.n == -(-9223372036854775808)", null)]
    [InlineData("claims.n == -9223372036854775808 / -1", null)]
    [InlineData("claims.n == 1 / 0", null)]
    [InlineData("claims.n == 1u - 2u", null)]
    // A whole number that a double cannot hold would equal its neighbour: it must not be read.
    [InlineData("claims.big == 9007199254740992", null)]
    [InlineData("claims.big == 9007199254740993", null)]
    [InlineData("claims.huge > 1.0", null)]
    [InlineData("claims.bad[0] == 1", true)]
    [InlineData("claims.bad[1] == 9007199254740992", null)]
    [InlineData("9007199254740992 in claims.bad", null)]
    [InlineData("1 in claims.bad", true)]
    // Logic: commutative, an operand that decides absorbs errors.
    [InlineData("claims.absent == 'x' || true == claims.yes", true)]
    [InlineData("claims.yes || claims.absent == 'x'", true)]
    [InlineData("claims.absent == 'x' && claims.no", false)]
    [InlineData("claims.no && claims.absent == 'x'", false)]
    [InlineData("claims.absent == 'x' || claims.no", null)]
    [InlineData("claims.absent == 'x' && claims.yes", null)]
    [InlineData("claims.n || claims.yes", true)]
    [InlineData("claims.n && claims.yes", null)]
    [InlineData("claims.no || claims.no || claims.yes", true)]
    [InlineData("claims.yes && claims.no || claims.yes", true)]
    [InlineData("claims.yes || claims.yes && claims.no", true)]
    [InlineData("!claims.no", true)]
    [InlineData("!!claims.yes", true)]
    [InlineData("!claims.n", null)]
    [InlineData("!claims.absent", null)]
    [InlineData("claims.yes ? claims.n == 74 : claims.absent", true)]
    [InlineData("claims.no ? claims.absent : claims.n == 74", true)]
    [InlineData("claims.absent ? true : claims.yes", null)]
    [InlineData("claims.n ? claims.yes : claims.yes", null)]
    [InlineData("claims.no ? claims.yes : claims.no ? claims.yes : claims.yes", true)]
    // Macros.
    [InlineData("claims.texts.exists(x, x == 'ops')", true)]
    [InlineData("claims.texts.exists(x, x == 'sec')", false)]
    [InlineData("claims.texts.all(x, x.size() == 3)", true)]
    [InlineData("claims.texts.all(x, x == 'ops')", false)]
    [InlineData("claims.empty.all(x, x == 'ops')", true)]
    [InlineData("claims.empty.exists(x, x == 'ops')", false)]
    [InlineData("claims.mixed.exists(x, x.startsWith('x'))", true)]
    [InlineData("claims.mixed.all(x, x.startsWith('y'))", false)]
    [InlineData("claims.mixed.all(x, x.startsWith('x'))", null)]
    [InlineData("claims.mixed.exists(x, x.startsWith('y'))", null)]
    [InlineData("claims.numbers.exists(x, claims.numbers.exists(y, x + y == 6.0))", true)]
    [InlineData("claims.numbers.exists(x, claims.numbers.all(x, x > 0) && x == 3)", true)]
    [InlineData("claims.map.exists(k, k == 'b')", true)]
    [InlineData("claims.map.all(k, k.size() == 1)", false)]
    [InlineData("claims.exists(k, k == 'iss')", true)]
    [InlineData("claims.sub.exists(x, true)", null)]
    [InlineData("claims.texts.all(x, claims.n)", null)]
    // The result is a boolean or an error.
    [InlineData("claims.sub", null)]
    [InlineData("claims.nothing", null)]
    [InlineData("claims.yes", true)]
    [InlineData("claims . yes // as written\n == true", true)]
    public void Evaluate_Expression_FollowsTheSpecification(string expression, bool? expected)
    {
        var result = Compile(expression).Evaluate(Claims(Token));

        result.Holds.ShouldBe(expected, result.Error);
        (result.Error is null).ShouldBe(expected is not null);
    }

    [Theory]
    [InlineData("", 1, "the end")]
    [InlineData("claims.", 8, "a field's name")]
    [InlineData("claims.a ==", 12, "the end")]
    [InlineData("claims.a = 'x'", 10, "==")]
    [InlineData("claims.a & claims.b", 10, "&&")]
    [InlineData("claims.a == 'x' claims.b", 17, "an operator or the end")]
    [InlineData("(claims.a == 'x'", 17, "')'")]
    [InlineData("claims.a == 'x", 13, "is not terminated")]
    [InlineData("claims.a == 'x\ny'", 13, "is not terminated")]
    [InlineData("claims.a == '\\q'", 14, "escape")]
    [InlineData("claims.a == '\\ud800'", 16, "hexadecimal digits of a character")]
    [InlineData("claims.a == b'x'", 13, "bytes")]
    [InlineData("claims.`a` == 'x'", 8, "claims['name']")]
    [InlineData("claims.a == 'x' # no", 17, "'#'")]
    [InlineData("sub == 'x'", 1, "claims.sub")]
    [InlineData("request.auth == 'x'", 1, "claims.request")]
    [InlineData("package == 'x'", 1, "reserved")]
    [InlineData("directory == claims.a", 1, "directory.groups")]
    [InlineData("claims.a && directory.members == []", 13, "directory.group_ids")]
    [InlineData("directory['groups'] == ['x']", 1, "directory.groups")]
    [InlineData("directory.groups == 'x'", 18, "not defined for list and string")]
    [InlineData("directory.groups", 1, "is list")]
    [InlineData("has(directory.groups)", 1, "a selection")]
    [InlineData("claims.a == 12345678901234567890", 13, "64-bit")]
    [InlineData("claims.a == 1x", 14, "a number")]
    [InlineData("claims.a == 1e999", 13, "64-bit")]
    // Types that cannot match are seen at once.
    [InlineData("'1' == 1", 5, "not defined for string and int")]
    [InlineData("claims.a == ('1' == 1)", 18, "not defined for string and int")]
    [InlineData("1 + 1u == claims.a", 3, "not defined for int and uint")]
    [InlineData("claims.a % 2.0 == 0.0", 10, "not defined for dyn and double")]
    [InlineData("claims.a == 0 - 1u", 15, "not defined for int and uint")]
    [InlineData("claims.a + 5 == '745'", 14, "not defined for int and string")]
    [InlineData("claims.a && 1", 13, "needs a bool")]
    [InlineData("!'x'", 2, "needs a bool")]
    [InlineData("'x' ? claims.a : claims.b", 1, "needs a bool")]
    [InlineData("1 in 'abc'", 3, "not defined for int and string")]
    [InlineData("'a'.b == claims.a", 5, "no fields")]
    [InlineData("true[0] == claims.a", 5, "not defined for bool")]
    [InlineData("{1.0: 'x'} == claims.a", 2, "map key")]
    [InlineData("claims.a.startsWith(1)", 21, "needs a string")]
    [InlineData("size(1) == claims.a", 1, "size is not defined")]
    [InlineData("claims.a.size(1) == 1", 10, "takes 0")]
    [InlineData("claims.a.startsWith() && claims.b", 10, "takes 1")]
    [InlineData("claims.a.startsWith('a',)", 25, "an argument")]
    // What is not a condition.
    [InlineData("1", 1, "is int")]
    [InlineData("'x' + claims.a", 5, "is string")]
    [InlineData("size(claims.a)", 1, "is int")]
    [InlineData("[claims.a]", 1, "is list")]
    [InlineData("true", 1, "true whatever")]
    [InlineData("false", 1, "false whatever")]
    [InlineData("1 == 1", 3, "true whatever")]
    [InlineData("true || claims.a == 'x'", 6, "true whatever")]
    [InlineData("claims.a == 'x' || !false", 17, "true whatever")]
    [InlineData("claims.a == 'x' && 1 > 2", 17, "false whatever")]
    [InlineData("[].all(x, claims.a == 'x')", 4, "true whatever")]
    [InlineData("claims.a == 'x' ? true : true || claims.b", 1, null)]
    // What CEL has and this has not, with the remedy.
    [InlineData("claims.a.map(x, x) == ['x']", 10, "all or exists")]
    [InlineData("claims.a.filter(x, x == 'x').size() == 1", 10, "all or exists")]
    [InlineData("claims.a.exists_one(x, x == 'x')", 10, "all or exists")]
    [InlineData("int(claims.a) == 1", 1, "not converted")]
    [InlineData("string(claims.a) == '1'", 1, "not converted")]
    [InlineData("type(claims.a) == type('x')", 1, "not converted")]
    [InlineData("timestamp(claims.a) == claims.b", 1, "times of a token")]
    [InlineData("claims.a.lowerAscii() == 'x'", 10, "as they are")]
    [InlineData("foo(claims.a)", 1, "unknown")]
    [InlineData("claims.a.foo()", 10, "unknown")]
    [InlineData("claims.?a == 'x'", 8, "optional")]
    [InlineData("claims{a: 1} == claims", 7, "messages")]
    [InlineData(".claims.a == 'x'", 1, "leading dot")]
    [InlineData("has(claims)", 1, "a selection")]
    [InlineData("has(claims['a'])", 1, "in claims")]
    [InlineData("claims.a.matches(claims.b)", 25, "string literal")]
    [InlineData("claims.a.matches('(')", 18, "')' is missing")]
    [InlineData("claims.a.all(claims, true)", 14, "reserved")]
    [InlineData("claims.a.all(1, true)", 14, "variable's name")]
    [InlineData("claims.a.all(if, true)", 14, "reserved")]
    [InlineData("claims.a.all(x, x) && x", 23, "claims.x")]
    public void TryCompile_Unsupported_IsRefusedAtItsPlace(string expression, int position, string? message)
    {
        var compiled = CelProgram.TryCompile(expression, out _, out var error);

        if (message is null)
        {
            compiled.ShouldBeTrue();
            return;
        }

        compiled.ShouldBeFalse();
        error.Message.ShouldContain(message);
        error.Position.ShouldBe(position);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void TryCompile_Length_IsBounded(int beyond, bool accepted)
    {
        var text = "claims.a == 'x'";
        text += new string(' ', CelLimits.MaxLength - text.Length + beyond);

        CelProgram.TryCompile(text, out _, out _).ShouldBe(accepted);
    }

    [Theory]
    [InlineData("(", ")", "claims.a")]
    [InlineData("!", "", "claims.a")]
    [InlineData("[", "]", "claims.a")]
    [InlineData("claims[", "]", "claims.a")]
    [InlineData("has(claims.a) && (", ")", "claims.a")]
    public void TryCompile_Depth_IsBounded(string open, string close, string inner)
    {
        IsAccepted(CelLimits.MaxDepth).ShouldBeTrue();
        IsAccepted(CelLimits.MaxDepth + 1).ShouldBeFalse();

        bool IsAccepted(int depth)
        {
            var text =
                string.Concat(Enumerable.Repeat(open, depth)) + inner + string.Concat(Enumerable.Repeat(close, depth));
            // A list is not a condition, but may be compared with one.
            return CelProgram.TryCompile(open == "[" ? $"{text} == claims.b" : text, out _, out _);
        }
    }

    [Theory]
    [InlineData(" + 1.0")]
    [InlineData(" - 1.0")]
    [InlineData(".a")]
    public void TryCompile_Chain_IsBounded(string link)
    {
        IsAccepted(40).ShouldBeTrue();
        IsAccepted(CelLimits.MaxChain).ShouldBeFalse();

        bool IsAccepted(int links) =>
            CelProgram.TryCompile($"claims.a{string.Concat(Enumerable.Repeat(link, links))} == claims.b", out _, out _);
    }

    [Fact]
    public void TryCompile_ManyAlternatives_AreNoChain()
    {
        var text = string.Join(" || ", Enumerable.Range(0, 200).Select(i => $"claims.a == '{i}'"));

        Compile(text).Evaluate(Claims("""{"a":"199"}""")).Holds.ShouldBe(true);
    }

    // What is said about a failure names claims and types, never what the token holds.
    [Fact]
    public void Evaluate_Fault_ShowsNoValue() =>
        Compile("claims.secret > 1")
            .Evaluate(Claims("""{"secret":"hunter2-hunter2"}"""))
            .Error!.ShouldNotContain("hunter2-hunter2");

    private static CelProgram Compile(string expression)
    {
        CelProgram.TryCompile(expression, out var program, out var error).ShouldBeTrue(error?.ToString());
        return program;
    }

    private static ClaimSet Claims(string json)
    {
        ClaimSet.TryParse(Encoding.UTF8.GetBytes(json), out var claims).ShouldBe(JoseRefusal.None);
        return claims!;
    }
}
