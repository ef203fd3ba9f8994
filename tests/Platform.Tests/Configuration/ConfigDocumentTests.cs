using Culvert.Platform.Configuration;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Configuration;

public sealed class ConfigDocumentTests : IDisposable
{
    private readonly ConfigFile file = new();

    public void Dispose() => file.Dispose();

    [Fact]
    public void Order_IsFlagEnvironmentFileDefault()
    {
        file.Environment["CULVERT_TEST__T__B"] = "env";
        file.Environment["CULVERT_TEST__T__A"] = "env";
        file.Flags["t.a"] = "flag";
        var document = file.Load("t: {a: file, b: file, c: file}");
        var section = document.Root.Section("t");

        new[] { "a", "b", "c", "d" }
            .Select(k => section.String(k, "default"))
            .ShouldBe(["flag", "env", "file", "default"]);
        document.Complete().ShouldBeEmpty();
        document
            .Values.Where(v => v.Path.StartsWith("t.", StringComparison.Ordinal))
            .Select(v => v.Source.ToString().Replace(file.Folder + "/", ""))
            .ShouldBe(["flag t.a", "environment CULVERT_TEST__T__B", "test.yaml:2", "default"]);
    }

    [Fact]
    public void Environment_OfAnUnknownKey_IsAnErrorWithTheNearest()
    {
        file.Environment["CULVERT_TEST__STATE_DIRR"] = "x";
        file.Environment["CULVERT_OTHER"] = "never configures";

        file.Errors("", root => root.String("state_dir"))
            .ShouldBe([
                "environment CULVERT_TEST__STATE_DIRR: No key of that name. Did you mean CULVERT_TEST__STATE_DIR?",
            ]);
    }

    [Fact]
    public void LoadForeign_FileOfAnotherProgram_NeedsNoVersionAndTakesNoVariables()
    {
        File.WriteAllText(file.Path, "name: value\nheaders: {A: x, B: [y]}\nrest: {a: [{b: c}]}\nother: 1\n");

        var document = ConfigDocument.LoadForeign(file.Path);

        document.HasErrors.ShouldBeFalse();
        document.Root.String("name").ShouldBe("value");
        document.Root.Place("name").Line.ShouldBe(1);
        document.Root.Texts("headers").Select(t => (t.Name, t.Text, t.Place.Line)).ShouldBe([("A", "x", 2)]);
        document.Root.Skip("rest").ShouldBeTrue();
        document.Root.Skip("absent").ShouldBeFalse();
        document.HasErrors.ShouldBeTrue();
        document.Complete().Select(e => (e.Key, e.Value)).ShouldBe([("headers.B", null), ("other", (string?)null)]);
    }

    [Fact]
    public void Load_Content_IsReadInPlaceOfTheFile() =>
        ConfigDocument
            .Load(file.Path, ConfigFile.Prefix, file.Environment, content: "config_version: 1\nname: new\n"u8.ToArray())
            .Root.String("name")
            .ShouldBe("new");

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    public void Load_FileOfTheLargestSize_IsRead(int more, int errors)
    {
        var text = "config_version: 1\n#";

        file.Load(text + new string(' ', (1 << 20) - text.Length + more), version: false)
            .Complete()
            .Count(e => e.Message.Contains("more than", StringComparison.Ordinal))
            .ShouldBe(errors);
    }

    [Fact]
    public void Load_FileWithoutEnd_IsAnError() =>
        ConfigDocument.LoadForeign("/dev/zero").Complete()[0].Message.ShouldBe("The file has more than 1048576 bytes.");

    [Fact]
    public void Environment_OfAList_IsAnError()
    {
        file.Environment["CULVERT_TEST__EDGES"] = "[a]";

        file.Errors("", root => root.Strings("edges")).Count.ShouldBe(1);
    }

    [Fact]
    public void Environment_InsideAMap_IsAnError()
    {
        file.Environment["CULVERT_TEST__ROUTES__DOCS__URL"] = "x";

        file.Errors("routes: {docs: {url: y}}", root => root.Map("routes")[0].Section.String("url")).Count.ShouldBe(1);
    }

    [Fact]
    public void Environment_BadValue_NamesTheVariable()
    {
        file.Environment["CULVERT_TEST__N"] = "x";

        file.Errors("", root => root.Int("n", 1))
            .ShouldBe([
                "environment CULVERT_TEST__N: n: 'x': This is not a whole number from 0 to 2147483647. Write a whole number from 0 to 2147483647.",
            ]);
    }

    [Theory]
    [InlineData("config_version: 2")]
    [InlineData("other: 1")]
    [InlineData("")]
    public void Load_WithoutVersionOne_IsAnError(string yaml)
    {
        var document = file.Load(yaml, version: false);
        document.Root.String("other");

        document.Complete().ShouldContain(e => e.Key == "config_version");
    }

    [Theory]
    [InlineData("a: 1\na: 2", "a", 3)]
    [InlineData("a: {b: 1, b: 2}", "a.b", 2)]
    public void Load_DuplicateKey_IsAnErrorAtTheSecond(string yaml, string key, int line)
    {
        var errors = file.Load(yaml).Complete();

        errors.ShouldContain(e => e.Key == key && e.Source.Line == line && e.Message.Contains("repeated"));
    }

    [Theory]
    [InlineData("a: &x 1")]
    [InlineData("a: *x")]
    [InlineData("a: !!str 1")]
    [InlineData("a: !secret 1")]
    [InlineData("? [a]\n: 1")]
    [InlineData("---\na: 1\n---\nb: 2")]
    [InlineData("a: [1")]
    [InlineData("a: \"x")]
    [InlineData("\tb: 1")]
    [InlineData("- a")]
    [InlineData("text")]
    public void Load_AnythingButPlainMappings_IsAnErrorWithALine(string yaml)
    {
        var document = file.Load(yaml, version: false);
        document.Root.String("a");

        document.Complete().ShouldContain(e => e.Source.Line > 0);
    }

    [Fact]
    public void Load_NoFile_IsTheOnlyError()
    {
        var document = ConfigDocument.Load("/nonexistent/x.yaml", ConfigFile.Prefix, file.Environment);
        document.Root.RequiredString("a");

        document.Complete().ShouldHaveSingleItem().Message.ShouldBe("The file does not exist.");
    }

    [Fact]
    public void Load_NotUtf8_IsAnError()
    {
        File.WriteAllBytes(file.Path, [0x61, 0x3a, 0x20, 0xff]);

        ConfigDocument
            .Load(file.Path, ConfigFile.Prefix, file.Environment)
            .Complete()
            .ShouldContain(e => e.Message == "The file is not UTF-8.");
    }

    [Fact]
    public void Load_TooDeep_IsAnErrorAndNoStackOverflow() =>
        file.Load("a: " + new string('[', 10_000)).Complete().ShouldContain(e => e.Message.Contains("deeper"));

    [Fact]
    public void Load_AnyText_EndsInErrorsOrValues() =>
        Prop.ForAll<string>(text =>
            {
                var document = file.Load(text ?? "", version: false);
                document.Root.String("a");
                document.Root.Section("b").Strings("c");
                document.Complete().ShouldAllBe(e => e.Message.Length > 0);
            })
            .CheckSeeded();

    [Fact]
    public void Load_AnyBytes_EndsInErrorsOrValues() =>
        Prop.ForAll<byte[]>(bytes =>
            {
                File.WriteAllBytes(file.Path, bytes ?? []);
                ConfigDocument.Load(file.Path, ConfigFile.Prefix, file.Environment).Complete();
            })
            .CheckSeeded();

    // Text made of YAML's own signs finds more than random text does.
    [Fact]
    public void Load_AnyHeapOfYamlSigns_EndsInErrorsOrValues() =>
        Prop.ForAll(
                Gen.Elements(
                        "a",
                        ": ",
                        "\n",
                        "  ",
                        "- ",
                        "[",
                        "]",
                        "{",
                        "}",
                        "&x ",
                        "*x",
                        "!",
                        "\"",
                        "'",
                        "|",
                        ">",
                        "#",
                        "?",
                        ",",
                        "---\n",
                        "\t",
                        "%",
                        "~",
                        "<<",
                        "é"
                    )
                    .ListOf()
                    .ToArbitrary(),
                parts =>
                {
                    var document = file.Load(string.Concat(parts), version: false);
                    document.Root.String("a");
                    document.Complete();
                }
            )
            .CheckSeeded(cases: 2000);
}
