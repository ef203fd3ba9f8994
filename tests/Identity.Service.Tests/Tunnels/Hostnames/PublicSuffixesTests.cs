using Culvert.Identity.Service.Tunnels.Hostnames;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tunnels.Hostnames;

public sealed class PublicSuffixesTests
{
    private static readonly PublicSuffixes List = PublicSuffixes.Read([
        "// a comment",
        "",
        "com",
        "co.uk",
        "*.ck",
        "!www.ck",
        "github.io // the private part counts, too",
        "公司.cn",
    ])!;

    [Theory]
    [InlineData("com", true)]
    [InlineData("example.com", false)]
    [InlineData("co.uk", true)]
    [InlineData("uk", true)] // one label alone never has an owner
    [InlineData("a.ck", true)]
    [InlineData("b.a.ck", false)]
    [InlineData("www.ck", false)]
    [InlineData("github.io", true)]
    [InlineData("me.github.io", false)]
    [InlineData("xn--55qx5d.cn", true)]
    [InlineData("corp.internal", false)] // no rule: the last label is the suffix
    public void IsSuffix_Name_IsThatOfTheRules(string name, bool expected) => List.IsSuffix(name).ShouldBe(expected);

    [Fact]
    public void Read_NoRuleAtAll_IsNoList() => PublicSuffixes.Read(["// nothing", ""]).ShouldBeNull();
}
