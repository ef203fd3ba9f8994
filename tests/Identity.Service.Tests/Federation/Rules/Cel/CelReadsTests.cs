using Culvert.Identity.Service.Federation.Rules.Cel;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Rules.Cel;

public sealed class CelReadsTests
{
    [Theory]
    [InlineData("claims.a == 'x'", "/a", false)]
    [InlineData("claims.a.b.c == 'x' && claims['d.e'].f == 1", "/a/b/c /d.e/f", false)]
    [InlineData(
        "claims['https://sts.amazonaws.com/']['org_id'] == 'o'",
        "/https:~1~1sts.amazonaws.com~1/org_id",
        false
    )]
    [InlineData("has(claims.a.b) && 'c' in claims", "/a/b /c", false)]
    [InlineData("'c' in claims.a", "/a", false)]
    [InlineData("claims.a.exists(x, x.startsWith(claims.b))", "/a /b", false)]
    [InlineData("claims.a.exists(x, x.name == 'y')", "/a", false)]
    [InlineData("claims.a[claims.b] == 'x'", "/a /b", false)]
    [InlineData("claims[claims.a] == 'x'", "/a", true)]
    [InlineData("claims.exists(k, k == 'a')", "", true)]
    [InlineData("size(claims) > 3", "", true)]
    [InlineData("claims.a == 'x' || claims.a == 'y'", "/a", false)]
    [InlineData("(claims.yes ? claims.a : claims.b).c == 'x'", "/a /b /yes", false)]
    [InlineData("claims.a.matches('^b') && size(claims.c) == 1", "/a /c", false)]
    public void Of_Expression_NamesEveryClaimItReads(string expression, string claims, bool isUnbounded)
    {
        var reads = Compile(expression).Reads;

        string.Join(' ', reads.Claims.Select(path => path.Pointer)).ShouldBe(claims);
        reads.IsUnbounded.ShouldBe(isUnbounded);
    }

    [Theory]
    [InlineData("claims.a == 'x'", false, false)]
    [InlineData("claims.directory.groups == ['x']", false, false)]
    [InlineData("claims.a.exists(directory, directory.groups == 'x')", false, false)]
    [InlineData("'x' in directory.groups", true, true)]
    [InlineData("claims.a == 'x' || size(directory.group_ids) > 2", true, false)]
    [InlineData("claims.a.exists(x, x in directory.groups)", true, true)]
    public void Of_Expression_TellsWhetherItReadsGroups(string expression, bool groups, bool names)
    {
        var program = Compile(expression);

        program.Reads.ReadsGroups.ShouldBe(groups);
        program.Reads.ReadsGroupNames.ShouldBe(names);
    }

    // A22: what only mentions a claim does not pin it.
    [Theory]
    [Trait("Attack", "A22")]
    [InlineData("claims.a == 'x'", "/a Eq \"x\"")]
    [InlineData("'x' == claims.a", "/a Eq \"x\"")]
    [InlineData("claims.a == 1 && claims.b == true", "/a Eq 1 /b Eq true")]
    [InlineData("claims.a in ['x', 'y']", "/a In \"x\",\"y\"")]
    [InlineData("'x' in claims.a", "/a Contains \"x\"")]
    [InlineData("claims.a.startsWith('x/')", "/a Prefix \"x/\"")]
    [InlineData("claims.a.matches('^x/[a-z]+$')", "/a Prefix \"x/\"")]
    [InlineData("claims.a.matches('x/')", "")]
    [InlineData("claims.a.startsWith('')", "")]
    [InlineData("claims.a != 'x'", "")]
    [InlineData("!(claims.a == 'x')", "")]
    [InlineData("claims.a == claims.b", "")]
    [InlineData("claims.a in ['x', claims.b]", "")]
    [InlineData("claims.a == 'x' || claims.a == 'y'", "/a In \"x\",\"y\"")]
    [InlineData("claims.a == 'x' || claims.b == 'y'", "")]
    [InlineData(
        "(claims.a == 'x' && claims.b == 'p') || (claims.a in ['y', 'z'] && claims.c == 'q')",
        "/a In \"x\",\"y\",\"z\""
    )]
    [InlineData("claims.a == 'x' || claims.a.startsWith('y')", "")]
    [InlineData("claims.a == 'x' ? claims.b == 'y' : claims.c", "")]
    [InlineData("has(claims.a) && claims.a == 'x'", "/a Eq \"x\"")]
    [InlineData("claims.l.exists(x, x == 'a')", "")]
    [InlineData("claims.contains == 'x' && claims.a.contains('y')", "/contains Eq \"x\"")]
    public void Pins_Expression_AreWhatItDemands(string expression, string pins) =>
        string.Join(
                ' ',
                CelPins
                    .Find(Compile(expression))
                    .Select(pin =>
                        $"{pin.Path.Pointer} {pin.Operator} {string.Join(',', pin.Values.Select(v => v.Json))}"
                    )
            )
            .ShouldBe(pins);

    private static CelProgram Compile(string expression)
    {
        CelProgram.TryCompile(expression, out var program, out var error).ShouldBeTrue(error?.ToString());
        return program;
    }
}
