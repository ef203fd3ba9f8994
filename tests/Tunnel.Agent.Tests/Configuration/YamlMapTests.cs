using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Tests.Configuration;

public sealed class YamlMapTests
{
    [Fact]
    public void Write_AllKindsOfValues_HaveOneForm()
    {
        var map = new YamlMap().Set("config_version", 1).Set("text", "a\"b: {c} #d\n", "why");
        map.Section("empty").Section("inner");
        map.Section("section").Set("flag", true).Set("list", ["a", "b"]).SetIfAny("nothing", "");
        map.Set("maps", [new YamlMap().Set("one", 1).Set("two", "2"), new YamlMap().Set("true", "x")]);

        map.Write("head")
            .ShouldBe(
                """
                # head
                config_version: 1
                text: "a\"b: {c} #d\n" # why

                section:
                  flag: true
                  list: ["a", "b"]

                maps:
                  - "one": 1
                    "two": "2"
                  - "true": "x"

                """
            );
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("true")]
    [InlineData("a: b # c")]
    [InlineData("\\ \" ' { } [ ] & * ! | > %")]
    [InlineData("tab\tend\u0001\u2028 é 😀")]
    public void Write_Text_IsReadAsTheSame(string text)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("culvert-yaml-").FullName, "x.yaml");
        File.WriteAllText(path, new YamlMap().Set(text, text).Write("head"));

        ConfigDocument.LoadForeign(path).Root.Texts("x").ShouldBeEmpty();
        ConfigDocument.LoadForeign(path).Root.String(text).ShouldBe(text);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }
}
