using System.Text.Json;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Tests.Policy.Approvals;

public sealed class ShownArgumentsTests
{
    [Fact]
    public void Describe_ShowsWhatTheRuleNames_AndOfTheRestTheShape() =>
        Describe("""{"a":{"b":"x"},"s":"äö","l":[1,2],"t":true,"n":null,"m":"secret"}""", ["/a/b", "/z"], ["/m"])
            .Select(a => $"{a.At} {a.Shape} {a.Value}")
            .ShouldBe([
                "/a/b string:1 \"x\"",
                "/z missing ",
                "/a object:1 ",
                "/s string:4 ",
                "/l array:2 ",
                "/t boolean ",
                "/n null ",
                "/m masked ",
            ]);

    [Fact]
    public void Describe_WritesOutWhatCannotBeSeen()
    {
        var tag = char.ConvertFromUtf32(0xE0041);

        Describe($$"""{"a":"12\u202e{{"\u202e"}}34{{tag}} ö"}""", ["/a"])[0]
            .Value.ShouldBe("\"12\\u202e\\u202e34\\udb40\\udc41 ö\"");
    }

    [Fact]
    public void Describe_ShowsNoPartOfALongValue()
    {
        Describe($$"""{"a":"{{new string('x', ShownArguments.MaxValueCharacters - 2)}}"}""", ["/a"])[0]
            .Value.ShouldNotBeNull();
        Describe($$"""{"a":"{{new string('x', ShownArguments.MaxValueCharacters - 1)}}"}""", ["/a"])[0]
            .Value.ShouldBeNull();
    }

    [Fact]
    public void Describe_IsBounded()
    {
        var members = Enumerable.Range(0, 40).Select(i => $"\"{new string('n', 200)}{i}\":{i}");

        var described = Describe($"{{{string.Join(',', members)}}}", []);

        described.Count.ShouldBe(ShownArguments.MaxMembers + 1);
        described.ShouldAllBe(a => a.At.Length <= 66);
        described[^1].Shape.ShouldBe("8 more");
    }

    private static IReadOnlyList<CallApprovalArgument> Describe(string json, string[] shown, string[]? masked = null)
    {
        using var document = JsonDocument.Parse(json);
        return ShownArguments.Describe(document.RootElement, Parse(shown), Parse(masked ?? []));
    }

    private static List<JsonPointer> Parse(string[] pointers) =>
        [.. pointers.Select(p => JsonPointer.TryParse(p, out var pointer) ? pointer : throw new FormatException(p))];
}
