using Culvert.Tunnel.Agent.Authorization;

namespace Culvert.Tunnel.Agent.Tests.Authorization;

public sealed class GlobTests
{
    [Theory]
    [InlineData("tools/list", "tools/list", true)]
    [InlineData("tools/list", "tools/lis", false)]
    [InlineData("tools/delete_*", "tools/delete_", true)]
    [InlineData("tools/delete_*", "tools/delete_x", true)]
    [InlineData("tools/delete_*", "tools/Delete_x", false)]
    [InlineData("tools/delete_*", "tools/undelete_x", false)]
    [InlineData("*", "", true)]
    [InlineData("*a*b", "xaxxb", true)]
    [InlineData("*a*b", "xaxxbc", false)]
    [InlineData("a**b", "ab", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a?c", "abc", false)]
    public void Matches(string pattern, string text, bool expected) => Glob.Matches(pattern, text).ShouldBe(expected);
}
