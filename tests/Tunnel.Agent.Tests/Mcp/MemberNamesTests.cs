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
    [InlineData("params\0", true)]
    [InlineData("pa\u200Brams", true)]
    [InlineData(" id", true)]
    [InlineData("i-d", false)]
    [InlineData("$id", true)]
    [InlineData("\uFF49\uFF44", true)]
    [InlineData("i\u0307d", true)]
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

    [Fact]
    public void IsVariant_EachCharacterThatAReaderMayLeaveOut_IsOne()
    {
        foreach (var name in Significant)
        {
            LookAlikeNames
                .Of(name)
                .Where(variant => !MemberNames.IsVariant(Encoding.UTF8.GetBytes(variant), Significant))
                .ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("Stra\u00DFe", "STRASSE")]
    [InlineData("\u03C3\u03C2", "\u03A3\u03A3")]
    [InlineData("/a.b-c_1", "/A.B-C_1")]
    public void Fold_OfBothNames_IsTheSame(string left, string right) =>
        MemberNames.Fold(left).ShouldBe(MemberNames.Fold(right));

    [Theory]
    [InlineData("userId", "user_id")]
    [InlineData("a/b", "ab")]
    [InlineData("a1", "a2")]
    [InlineData("\u0435", "e")] // Cyrillic: no reader takes it for the Latin letter
    public void Fold_OfBothNames_Differs(string left, string right) =>
        MemberNames.Fold(left).ShouldNotBe(MemberNames.Fold(right));
}
