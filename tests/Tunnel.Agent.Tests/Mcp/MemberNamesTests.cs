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
    [InlineData("""{"params":1,"other":2}""", true, true)]
    [InlineData("""{"größe":1}""", false, true)]
    [InlineData("""{"Params":1}""", false, false)]
    [InlineData("""{"param\u017F":1}""", false, false)]
    [InlineData("""{"paramſ":1}""", false, false)]
    [InlineData("""{"params":1,"params":2}""", false, false)]
    [InlineData("""{"params":1,"par\u0061ms":2}""", false, false)]
    [InlineData("""{"other":1,"other":2,"id":3}""", true, true)]
    public void AreClear_OfAnObject_GoesByTheSignificantMembers(string json, bool areClear, bool areClearIfFree)
    {
        var element = JsonElement.Parse(json);

        MemberNames.AreClear(element, Significant, areFree: false).ShouldBe(areClear);
        MemberNames.AreClear(element, Significant, areFree: true).ShouldBe(areClearIfFree);
    }
}
