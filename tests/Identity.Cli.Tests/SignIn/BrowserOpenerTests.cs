using Culvert.Identity.Cli.SignIn;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.SignIn;

public sealed class BrowserOpenerTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-opener-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("DISPLAY", true)]
    [InlineData("WAYLAND_DISPLAY", true)]
    [InlineData("TERM", false)] // it would be a browser inside the terminal
    public void ProgramOf_Desktop_HasTheFirstOnThePath(string variable, bool isFound)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere the system itself has a desktop");
        var opener = Path.Combine(folder.FullName, "xdg-open");
        File.WriteAllText(opener, "");

        BrowserOpener
            .FindProgram(name =>
                name == "PATH" ? $"relative:/nonexistent:{folder.FullName}"
                : name == variable ? ":0"
                : null
            )
            .ShouldBe(isFound ? opener : null);
    }

    [Fact]
    public void ProgramOf_DesktopWithoutOne_IsNull() =>
        BrowserOpener.FindProgram(name => name == "PATH" ? folder.FullName : ":0").ShouldBeNull();
}
