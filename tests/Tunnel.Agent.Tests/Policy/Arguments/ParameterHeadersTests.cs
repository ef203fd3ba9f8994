using System.Text;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Tests.Pins;
using Microsoft.AspNetCore.Http;

namespace Culvert.Tunnel.Agent.Tests.Policy.Arguments;

public sealed class ParameterHeadersTests
{
    private const string Schema =
        """{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},"n":{"type":"integer","x-mcp-header":"Count"},"on":{"type":"boolean","x-mcp-header":"On"},"deep":{"type":"object","properties":{"id":{"type":"string","x-mcp-header":"Id"}}},"p":{"x-mcp-header":"Twice"},"q":{"x-mcp-header":"twice"},"list":{"type":"array","items":{"properties":{"x":{"x-mcp-header":"Item"}}}},"odd":{"x-mcp-header":7}}}""";

    private const string Arguments =
        """{"region":"eu","n":42,"on":true,"deep":{"id":"a"},"p":"a","q":"a","list":[{"x":"a"}],"none":null}""";

    [Theory]
    [InlineData("Mcp-Param-Region", "eu", true)]
    [InlineData("mcp-param-REGION", "eu", true)]
    [InlineData("Mcp-Param-Region", "=?base64?ZXU=?=", true)]
    [InlineData("Mcp-Param-Region", "=?base64?*?=", false)]
    [InlineData("Mcp-Param-Region", "us", false)]
    [InlineData("Mcp-Param-Region", "EU", false)]
    [InlineData("Mcp-Param-Count", "42", true)]
    [InlineData("Mcp-Param-Count", "42.0", true)]
    [InlineData("Mcp-Param-Count", "43", false)]
    [InlineData("Mcp-Param-Count", "042", false)]
    [InlineData("Mcp-Param-On", "true", true)]
    [InlineData("Mcp-Param-On", "false", false)]
    [InlineData("Mcp-Param-Id", "a", true)]
    [InlineData("Mcp-Param-Id", "b", false)]
    [InlineData("Mcp-Param-Twice", "a", false)]
    [InlineData("Mcp-Param-Item", "a", false)]
    [InlineData("Mcp-Param-None", "", false)]
    [InlineData("Mcp-Param-", "eu", false)]
    [InlineData("X-Other", "us", true)]
    public void Agree_OfOneHeader_ComparesItWithItsArgument(string name, string value, bool agrees) =>
        Agree(new HeaderDictionary { [name] = value }).ShouldBe(agrees);

    [Fact]
    public void Agree_HeaderThatIsThereTwice_DoesNot() =>
        Agree(new HeaderDictionary { ["Mcp-Param-Region"] = new(["eu", "eu"]) }).ShouldBeFalse();

    [Fact]
    public void Agree_WithoutTheArgument_DoesNot() =>
        Agree(new HeaderDictionary { ["Mcp-Param-Region"] = "eu" }, "{}").ShouldBeFalse();

    [Fact]
    public void Agree_WithoutASchema_DoesNot()
    {
        using var arguments = new CallArguments(Encoding.UTF8.GetBytes(Arguments));

        ParameterHeaders
            .Agree(new HeaderDictionary { ["Mcp-Param-Region"] = "eu" }, arguments, declared: null)
            .ShouldBeFalse();
    }

    private static bool Agree(HeaderDictionary headers, string json = Arguments)
    {
        using var arguments = new CallArguments(Encoding.UTF8.GetBytes(json));
        var schema = PinnedSchema.Read(Definitions.Read(Definitions.Tool("a", schema: Schema)));
        return ParameterHeaders.Agree(headers, arguments, schema.Headers);
    }
}
