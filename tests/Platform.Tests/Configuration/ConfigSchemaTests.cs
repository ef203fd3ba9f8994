using System.Text.Json;
using Culvert.Platform.Configuration;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Configuration;

public sealed class ConfigSchemaTests
{
    [Fact]
    public void Write_FromAReader_ListsEveryKeyWithItsRule()
    {
        using var schema = JsonDocument.Parse(ConfigSchema.Write("test", Read));
        var properties = schema.RootElement.GetProperty("properties");

        schema.RootElement.GetProperty("additionalProperties").GetBoolean().ShouldBeFalse();
        schema
            .RootElement.GetProperty("required")
            .EnumerateArray()
            .Select(e => e.GetString())
            .ShouldBe(["config_version", "id"]);
        properties
            .GetProperty("tunnel")
            .GetProperty("properties")
            .GetProperty("connections")
            .GetProperty("maximum")
            .GetInt32()
            .ShouldBe(8);
        properties.GetProperty("wait").GetProperty("default").GetString().ShouldBe("30s");
        properties.GetProperty("mode").GetProperty("enum").GetArrayLength().ShouldBe(2);
        properties
            .GetProperty("routes")
            .GetProperty("additionalProperties")
            .GetProperty("properties")
            .GetProperty("upstream")
            .GetProperty("properties")
            .TryGetProperty("url", out _)
            .ShouldBeTrue();
        properties
            .GetProperty("items")
            .GetProperty("items")
            .GetProperty("properties")
            .TryGetProperty("name", out _)
            .ShouldBeTrue();
        properties.TryGetProperty("former", out _).ShouldBeFalse();
        properties.GetProperty("former_but_off").GetProperty("const").GetBoolean().ShouldBeFalse();
        properties.GetProperty("former_but_off").GetProperty("deprecated").GetBoolean().ShouldBeTrue();
    }

    private static void Read(ConfigSection root)
    {
        root.RequiredString("id");
        root.Section("tunnel").Int("connections", 2, 1, 8);
        root.Duration("wait", TimeSpan.FromSeconds(30));
        root.Choice("mode", "a", "a", "b");
        root.Secret("secret");
        root.Former("former");
        root.Former("former_but_off", permitted: "false");
        foreach (var (_, route) in root.Map("routes"))
        {
            route.Section("upstream").Url("url", true, "https");
            route.Error("url", "errors do not matter here", "");
        }

        foreach (var item in root.List("items"))
        {
            item.RequiredString("name");
        }
    }
}
