using Culvert.Identity.Cli.Commands.Dev;
using Culvert.Identity.Cli.Hosting;
using Shouldly;
using Xunit;

namespace Culvert.Identity.Cli.Tests.Commands.Dev;

public sealed class SiblingProgramsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-siblings-").FullName;

    [Fact]
    public void Find_Published_IsBesideThisProgram()
    {
        var program = Place("tunnel-edge");

        new SiblingPrograms(folder).Find(SiblingPrograms.Edge).ShouldBe(program);
    }

    [Fact]
    public void Find_Built_IsInItsProjectsOutput()
    {
        var program = Place("src", "Tunnel.Agent", "bin", "Release", "net10.0", "tunnel-agent");
        var own = Path.Combine(folder, "src", "Identity.Cli", "bin", "Release", "net10.0") + "/";

        new SiblingPrograms(own).Find(SiblingPrograms.Agent).ShouldBe(program);
    }

    [Fact]
    public void Find_Nowhere_SaysWhereItLooked()
    {
        var failure = Should.Throw<CommandFailure>(() => new SiblingPrograms(folder).Find(SiblingPrograms.Service));

        failure.Where.ShouldBe(Path.Combine(folder, "identity-service"));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Place(params string[] parts)
    {
        var file = Path.Combine([folder, .. parts]);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "");
        return file;
    }
}
