using Culvert.Platform.Doctor;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Doctor;

public sealed class StateFolderCheckTests : IDisposable
{
    private static readonly StateFolderCheck Check = new("edge", "agents", "culvert edge archive ID");

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-");

    [Fact]
    public void Run_FolderOfItsOwn_Passes()
    {
        Write("key.pem", UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Check.Run(folder.FullName).Status.ShouldBe(DoctorStatus.Pass);
    }

    [Fact]
    public void Run_NoFolder_IsSkipped() =>
        Check.Run(Path.Combine(folder.FullName, "none")).Status.ShouldBe(DoctorStatus.Skip);

    [Fact]
    public void Run_FilesOpenToOthers_FailsAndNamesEach()
    {
        var first = Write("a.pem", UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var second = Write("b.pem", UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var finding = Check.Run(folder.FullName);

        finding.Status.ShouldBe(DoctorStatus.Fail);
        finding.Summary.ShouldBe($"{first} is open to others.");
        finding.Evidence.ShouldBe([second]);
        finding.Next[^1].ShouldContain("culvert edge archive ID");
    }

    [Fact]
    public void Run_FolderOpenToOthers_Fails()
    {
        File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_101_000);

        Check.Run(folder.FullName).Summary.ShouldBe($"{folder.FullName} is open to others.");
    }

    public void Dispose() => folder.Delete(recursive: true);

    private string Write(string name, UnixFileMode mode)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, "");
        File.SetUnixFileMode(path, mode);
        return path;
    }
}
