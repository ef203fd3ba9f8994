using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Tests.Mcp;

public sealed class MemberNamesTests
{
    private static readonly string[] Significant = ["params", "kind", "id"];

    [Theory]
    [InlineData("params", false)]
    [InlineData("PARAMS", true)]
    [InlineData("param\u017F", true)]
    [InlineData("\u212Aind", true)]
    [InlineData("k\u0131nd", true)]
    [InlineData("\u0130d", true)]
    [InlineData("parameters", false)]
    [InlineData("größe", false)]
    [InlineData("", false)]
    public void IsVariant_OfAName_FoldsAsOtherReadersDo(string name, bool isVariant) =>
        MemberNames.IsVariant(Encoding.UTF8.GetBytes(name), Significant).ShouldBe(isVariant);

    [Theory]
    [InlineData("""{"params":1,"other":2}""", false, false)]
    [InlineData("""{"größe":1}""", true, false)]
    [InlineData("""{"Params":1}""", true, true)]
    [InlineData("""{"param\u017F":1}""", true, true)]
    public void Objects_WithAMember_AreJudgedByWhetherMembersAreFree(string json, bool isLookAlike, bool isVariant)
    {
        var element = JsonElement.Parse(json);

        MemberNames.HasLookAlike(element, Significant).ShouldBe(isLookAlike);
        MemberNames.HasVariant(element, Significant).ShouldBe(isVariant);
    }
}
