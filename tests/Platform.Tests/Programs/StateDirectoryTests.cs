using Culvert.Platform.Programs;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Programs;

public sealed class StateDirectoryTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-test-");

    private string StatePath => Path.Combine(folder.FullName, "a", "state");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Open_NewPath_CreatesItForTheOwnerAlone()
    {
        using var state = StateDirectory.Open(StatePath);

        File.GetUnixFileMode(StatePath).ShouldBe(OwnerOnly | UnixFileMode.UserExecute);
    }

    [Fact]
    public void Open_OpenToOthers_IsRefusedWithTheRemedy()
    {
        Directory.CreateDirectory(StatePath);
        File.SetUnixFileMode(StatePath, OwnerOnly | UnixFileMode.UserExecute | UnixFileMode.GroupRead);

        Should.Throw<StateDirectoryException>(() => StateDirectory.Open(StatePath)).Message.ShouldContain("chmod 700");
    }

    /// <summary>
    /// A folder on a Kubernetes volume with <c>fsGroup</c> inherits the bit, which gives no other user access.
    /// </summary>
    [Fact]
    public void Open_FolderThatKeepsItsGroup_IsTaken()
    {
        Directory.CreateDirectory(StatePath);
        File.SetUnixFileMode(StatePath, OwnerOnly | UnixFileMode.UserExecute | UnixFileMode.SetGroup);

        using var state = StateDirectory.Open(StatePath);

        state.Path.ShouldBe(StatePath);
    }

    [Fact]
    public void Open_Twice_IsRefusedUntilTheFirstIsClosed()
    {
        using (StateDirectory.Open(StatePath))
        {
            Should.Throw<StateDirectoryException>(() => StateDirectory.Open(StatePath)).Message.ShouldContain("in use");
        }

        using var again = StateDirectory.Open(StatePath);
        again.Path.ShouldBe(StatePath);
    }

    [Fact]
    public void WriteText_ReplacesWholeAndPrivate()
    {
        using var state = StateDirectory.Open(StatePath);
        File.WriteAllText(state.GetPath("x.new"), "left by a crash");
        File.SetUnixFileMode(state.GetPath("x.new"), OwnerOnly | UnixFileMode.OtherRead);

        state.WriteText("x", "one");
        state.WriteText("x", "two");

        state.ReadText("x").ShouldBe("two");
        File.GetUnixFileMode(state.GetPath("x")).ShouldBe(OwnerOnly);
        Directory.GetFiles(StatePath).Select(Path.GetFileName).Order().ShouldBe(["lock", "x"]);
    }

    [Fact]
    public void ReadText_NoFile_IsNull()
    {
        using var state = StateDirectory.Open(StatePath);

        state.ReadText("x").ShouldBeNull();
    }
}
