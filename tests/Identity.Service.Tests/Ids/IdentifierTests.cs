using Culvert.Identity.Service.Ids;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Ids;

public sealed class IdentifierTests
{
    [Fact]
    public void New_Ids_AreWellFormedAndDifferent()
    {
        var ids = Enumerable.Range(0, 1000).Select(_ => TunnelId.New()).ToList();

        ids.ShouldBeUnique();
        ids.Count(id => TunnelId.TryParse(id.Value, out _)).ShouldBe(ids.Count);
    }

    [Fact]
    public void Prefix_OfEachKind_IsItsOwn()
    {
        var prefixes = typeof(TunnelId)
            .Assembly.GetTypes()
            .Where(type => type.IsValueType && type.GetInterface(typeof(IIdentifier<>).Name) is not null)
            .Select(type => type.GetProperty(nameof(TunnelId.Prefix))!.GetValue(null))
            .ToList();

        prefixes.ShouldContain("tnl");
        prefixes.ShouldBeUnique();
    }

    [Theory]
    [InlineData("tnl_01SDCCSbTxrXDpWc1phhtcfK", true)]
    [InlineData("tnl_01SDCCSbTxrXDpWc1phhtcf", false)]
    [InlineData("tnl_01SDCCSbTxrXDpWc1phhtcfKK", false)]
    [InlineData("tnl_010123456789ABCDEFGHIJKl", true)]
    [InlineData("tnl_020123456789ABCDEFGHIJKl", false)]
    [InlineData("tcrt_010123456789ABCDEFGHIJKl", false)]
    [InlineData("tnl_010123456789ABCDEFGHIJ-l", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void TryParse_Text_FollowsTheShape(string? text, bool valid) =>
        TunnelId.TryParse(text, out _).ShouldBe(valid);
}
