using System.CommandLine;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Platform.Tests.Configuration;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Programs;

public sealed class ConfigCommandTests : IDisposable
{
    private static readonly ConfigLocation Location = new("test", "test", "/nonexistent.yaml", ConfigFile.Prefix);

    private readonly ConfigFile file = new();
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    public void Dispose()
    {
        file.Dispose();
        output.Dispose();
        error.Dispose();
    }

    [Fact]
    public void Check_ValidFile_ExitsZero() => Run("check", "n: 2").ShouldBe(ExitCodes.Done);

    [Fact]
    public void Check_BadFile_PrintsEveryErrorAndExits78()
    {
        Run("check", "n: x\nm: 1").ShouldBe(ExitCodes.Configuration);

        error.ToString().ShouldContain(":2: n: 'x'");
        error.ToString().ShouldContain(":3: m: Unknown key");
        error.ToString().ShouldContain("2 errors in the configuration.");
    }

    [Fact]
    public void Show_PrintsValuesWithTheirSource()
    {
        Run("show", "n: 2").ShouldBe(ExitCodes.Done);

        output.ToString().ShouldContain($"n: 2  # {file.Path}:2");
        output.ToString().ShouldContain("name: \"\"  # default");
    }

    [Fact]
    public void Show_SetOnTheCommandLine_BeatsTheFile()
    {
        Run("show", "n: 2", "--set", "n=3", "--set", "n=4").ShouldBe(ExitCodes.Done);

        output.ToString().ShouldContain("n: 4  # ");
        Run("show", "n: 2", "--set", "no.such.key=1").ShouldBe(ExitCodes.Configuration);
    }

    [Fact]
    public void Schema_NeedsNoFile()
    {
        Run("schema", "").ShouldBe(ExitCodes.Done);

        output.ToString().ShouldContain("\"title\": \"test\"");
    }

    private int Run(string verb, string yaml, params string[] more)
    {
        file.Load(yaml);
        var keys = new ConfigKeys(_ => true, typeof(ConfigKeys).Assembly);
        var root = new RootCommand { ConfigCommand.Create(Location, Read, () => keys) };
        root.Options.Add(ConfigCommand.ConfigOption);
        root.Options.Add(ConfigCommand.ProfileOption);
        root.Options.Add(ConfigCommand.SetOption);
        return root.Parse(["config", verb, "--config", file.Path, .. more])
            .Invoke(new InvocationConfiguration { Output = output, Error = error });
    }

    private static object Read(ConfigSection root)
    {
        root.String("name");
        return root.Int("n", 1);
    }
}
