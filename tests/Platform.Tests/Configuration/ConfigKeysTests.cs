using System.Text.Json;
using Culvert.Platform.Configuration;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Configuration;

public sealed class ConfigKeysTests
{
    private static readonly ConfigKeys Keys = new(key => key == "log.level", typeof(ConfigKeys).Assembly);

    [Fact]
    public void Find_AKeyWithAUnit_HasBoth() =>
        Keys.Find("config_version").ShouldBe(new ConfigKey("The format of the file. There is one.", "version"));

    [Fact]
    public void Find_AMeaningOfTwoLines_IsOneText() =>
        Keys.Find("network.proxy.url")!.Meaning.ShouldEndWith("`HTTPS_PROXY` and `NO_PROXY`; empty: none.");

    [Fact]
    public void Find_AnUnknownKey_IsNull() => Keys.Find("log").ShouldBeNull();

    [Theory]
    [InlineData("level", "reload")]
    [InlineData("file", "restart")]
    public void Write_WithKeys_SaysWhatSchemaHasNoWordFor(string key, string change)
    {
        using var schema = JsonDocument.Parse(ConfigSchema.Write("test", Read, Keys));

        var written = schema
            .RootElement.GetProperty("properties")
            .GetProperty("log")
            .GetProperty("properties")
            .GetProperty(key);
        written.GetProperty("description").GetString().ShouldBe(Keys.Find($"log.{key}")!.Meaning);
        written.GetProperty("x-culvert").GetProperty("change").GetString().ShouldBe(change);
    }

    [Fact]
    public void StringLists_AnotherEntry_IsAnotherValue()
    {
        ValueOf("roles: {viewer: [staff]}").ShouldBe("{viewer: [staff]}");
        ValueOf("roles: {viewer: [others]}").ShouldBe("{viewer: [others]}");
    }

    private static void Read(ConfigSection root)
    {
        root.Section("log").Choice("level", "info", "info", "debug");
        root.Section("log").Path("file");
    }

    private static string ValueOf(string yaml)
    {
        using var file = new ConfigFile();
        var document = file.Load(yaml);
        document.Root.StringLists("roles");
        return document.Values.Single(value => value.Path == "roles").Text;
    }
}
